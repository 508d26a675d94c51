export type RouteRefusal =
  | "model-identifier-invalid"
  | "model-not-in-region"
  | "on-demand-unsupported"
  | "end-of-life"
  | "model-not-for-account"
  | "no-model-access";

/**
 * Whether a message refuses the route, told by its grammar: who is the subject, and of what.
 *
 * 1. The subject (or the object of "could not find", "don't have access to") is what a route is made of: the model, its
 *    identifier, ID or ARN, the inference profile. A field, a tool, a message is the caller's.
 * 2. What is denied is its existence, validity, availability or access. "Doesn't support …" is about the request,
 *    except when the thing is itself a way to the model: on-demand throughput, an inference profile, a Region.
 * 3. What follows must be a place, an account or a way of invocation, or nothing. "… is not supported for streaming" and
 *    "… in this Region with images" are about the request.
 */
export function routeRefusal(text: string): RouteRefusal | undefined {
  const words = spelledOut(text.slice(0, MAX_LENGTH));
  if (ADVICE.test(words)) return undefined;
  const sentence = withNouns(words);
  if (!/[MPRW]/.test(sentence)) return undefined;
  const family = RULES.find(([, rule]) => rule.test(sentence))?.[0];
  if (family !== undefined) return family;
  if (NOT_AVAILABLE.test(sentence) && !PASSING.test(text)) return "model-identifier-invalid";
  return ACCESS.some((rule) => rule.test(sentence)) && !ACCOUNT_GATE.test(words) ? "no-model-access" : undefined;
}

/** A refusal is short, and begins the message. */
const MAX_LENGTH = 1500;

/** One spelling for each negation. */
function spelledOut(text: string): string {
  return text
    .replace(/\bcan(?:no|')t\b/g, "can not")
    .replace(/\bwon't\b/g, "will not")
    .replace(/n't\b/g, " not")
    .replace(/\b(?:currently |presently |yet )(?=not\b)|(?<=\bnot )(?:currently |presently |yet |been )/g, "")
    .replace(/\bon demand\b/g, "on-demand")
    .replace(/\bcross region\b/g, "cross-region");
}

const VENDOR =
  "(?:amazon|anthropic|claude|nova|titan|meta|llama|mistral|mixtral|cohere|command|deepseek|qwen|openai|ai21|jamba|stability|writer|palmyra|luma|pixtral)";
/** An id, but no plain word: "model x.y not found" and "model 'gpt-x' not found", not "model tool not found". */
const ID =
  "(?:(?: with)?(?: the)?(?: (?:specified|provided|given))?(?: (?:identifier|id|arn|name))?:?(?: \\(?(?:[\\w@-]*[.:/][\\w@.:/*-]*[\\w/*]|[\\w-]*\\d[\\w-]*-[\\w-]+|[\\w-]+-[\\w-]*\\d[\\w-]*|(?:'[\\w@.:/ -]*'|\"[\\w@.:/ -]*\"|`[\\w@.:/ -]*`))\\)?))";
const WITH_ID = `(?:${ID}|(?: with)(?: the| this| that)?(?: (?:specified|provided|given))?(?: model)? (?:identifier|id|arn|name))`;
const THAT_YOU =
  "(?: (?:(?:that )?(?:you(?:'ve| have)?|was|were) (?:requested|provided|specified|selected|chose|entered|supplied)|(?:that )?you(?:'re| are)? (?:trying|attempting) to (?:use|invoke|access|call)|you are (?:using|requesting|invoking|calling)|provided|specified|requested|supplied|given|in (?:the|your) request|(?:from|for) the provided model (?:identifier|id|arn)))?";
const KIND = "(?: (?:version|variant))?(?: ?(?:identifier|id|arn|name)s?(?!\\w|:\\w))?";
const QUALIFIED =
  "(?:(?:the|this|that|your|an?|any) )?(?:(?:provided|specified|requested|given|selected|supplied|chosen|configured|target|base|foundation|provisioned|imported|custom|bedrock|amazon|aws|application|system-defined|cross-region|global|geographic|regional|underlying|following|on-demand) )*";
/** An id of a vendor not known here; no path to a field. */
const DOTTED =
  "(?!(?:messages|system|prompt|tools?|tool_?config|tool_choice|inference_?config|thinking|output_config|input|content|additional\\w*|#)\\b)(?=\\S*-)(?=\\S*\\d)[a-z][a-z0-9-]*\\.[\\w.:-]*\\w";
const NEXT =
  "(?=$|[.,;:]| (?:is|are|was|were|has|have|does|do|did|can|could|not|may|must|will|requires?|with|in|for|or)\\b)";
/** "The requested foundation model ID x.y you provided", "Claude 3.5 Sonnet v2", "eu.vendor.model-v1:0". */
const THING = RegExp(
  `(?<![\\w.'])(?:${QUALIFIED}(?:(?<way>(?:(?:cross-region )?(?:model )?inference[- ]profiles?|provisioned throughput)${KIND})|(?:${VENDOR} ){0,2}(?:models?|model deployment)${KIND})(?![\\w-])${WITH_ID}?${THAT_YOU}|(?:the )?(?:model )?${VENDOR} (?:(?!(?:in|for|on|to|is|bedrock)\\b)[\\w.-]+ ){0,4}?[\\w.-]*\\d[\\w.-]*(?: \\w+){0,2}?${NEXT}|["'\`]?(?:arn:aws[\\w-]*:bedrock:\\S+|(?:[a-z-]+\\.)?${VENDOR}\\.[\\w.:-]*\\w|${DOTTED})["'\`]?)`,
  "g",
);
const REGION_ID = "[a-z]{2}(?:-(?:gov|iso\\w?))?-[a-z]+-\\d";
const REGION = RegExp(
  `(?<![\\w-])(?:(?:(?:the|this|that|your|any|its|an?) )?(?:(?:current|requested|specified|selected|provided|source|home|target|aws|bedrock|${REGION_ID}|['"(]${REGION_ID}['")]) )*regions?\\b(?:(?:,|:)? ['"(]?${REGION_ID}['")]?)?(?: you (?:have )?(?:specified|requested|selected|are (?:using|in)))?|['"(]?${REGION_ID}['")]?(?: region)?)(?!\\w)`,
  "g",
);
const WAY =
  /(?<!\w)(?:on-demand(?: (?:throughput|inference|invocations?|usage|use|access|mode|requests?))?|(?:cross-region|global|geographic|regional) inference|direct invocation)(?!\w)/g;
const ACCOUNT = /(?<!\w)(?:this|your|the) (?:aws )?(?:account|organization)(?: \(?\d+\)?)?(?!\w)/g;

/**
 * What is spoken of, as one letter each; the text has no capitals of its own: the Model, an inference Profile, a Region,
 * an Account, a Way of invocation. The rules stay short, and compile quickly when the first error comes.
 */
function withNouns(words: string): string {
  return words
    .replace(THING, (...match) => ((match.at(-1) as { way?: string }).way === undefined ? "M" : "P"))
    .replace(WAY, "W")
    .replace(REGION, "R")
    .replace(ACCOUNT, "A");
}

const PLACE =
  " (?:in|for|from|to|on|at|with|within|by|through|via|using|under) (?:[RAWP]|this endpoint|(?:amazon )?bedrock(?: runtime)?)";
const STOP = `(?:(?=$|[,.;!?](?!\\w)|:(?=$| ?(?:["'\`MP]|\\S*[.:/-]\\S*\\d))| - | \\(| (?:or|and|because|please|yet|anymore|any ?more|but|so|since|as of|until)\\b))`;
const PLACES = `(?: directly)?(?:${PLACE})*${STOP}`;
const LEAD =
  "^(?:access denied[.:,]? |invalid request[.:] |resource not found[.:] |not found[.:] |error[.:] |sorry, )?";
const BE = "(?: (?:is|are|was|were|has|have|has been|have been|will be))?";
const NOT_THERE =
  "(?:available|supported|enabled|active|activated|accessible|allowed|permitted|offered|deployed|launched|provisioned|registered|onboarded|present)";

/** What the Region itself may lack: no word of the caller's. */
const THE_SERVICE =
  "(?:(?:the|this) )?(?:(?:requested|specified) )?(?:(?:amazon |aws )?bedrock(?: runtime)?(?: service)?|service|(?:api )?operation|api|endpoint)";

const RULES: readonly (readonly [RouteRefusal, RegExp])[] = [
  [
    "end-of-life",
    RegExp(
      `${LEAD}[MP]${BE} (?:(?:now |already )?(?:deprecated|retired|discontinued|sunset|decommissioned|end[- ]of[- ]life|legacy|eol)(?=$|[,.;!]| (?:and|on|since|as of|by|in favor|please|or)\\b)|(?:been )?marked (?:by (?:the )?provider )?as (?:legacy|deprecated)|(?:reached|past) (?:the |its )?end[- ]of[- ](?:its |service )?(?:life|support)|no longer (?:available|supported|offered|accessible)${PLACES})`,
    ),
  ],
  ["end-of-life", RegExp(`${LEAD}(?:an? |the )?(?:legacy|deprecated|retired|discontinued) [MP]${STOP}`)],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}(?:invocation|invoking|inference|use|usage|calling|requests?)(?: (?:of|with|to|for|on|using))? [MP] (?:with|using|through|via|in|for|by) [WP] (?:is |are )?(?:not (?:supported|available|allowed|enabled|possible)|unsupported)`,
    ),
  ],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}[WP] (?:(?:is|are) )?(?:not (?:supported|available|enabled|allowed|offered)|unsupported|unavailable|required)(?: (?:for|by|with|on) [MP])?${PLACES}`,
    ),
  ],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}[MP] (?:(?:does|do|can) not (?:support|allow|offer|accept) (?:[WP]|(?:being )?(?:invocation|invoked|called)${PLACE})|requires? (?:(?:the )?use of |using |invocation (?:via|through) )?[WP]|(?:is |are )?not ${NOT_THERE} (?:for|with|through|via|using|by) [WP]|(?:(?:is|are) only (?:\\w+ )|(?:can|must|may|should) (?:only )?be (?:invoked|used|accessed|called) (?:only )?)(?:with|through|via|using|by|as|in) [WP])${PLACES}`,
    ),
  ],
  [
    "model-not-in-region",
    RegExp(
      `${LEAD}[MP](?:${BE} (?:not ${NOT_THERE}|unavailable|unsupported|disabled|only ${NOT_THERE})| (?:can|may) not be (?:invoked|used|accessed|called)| can only be (?:invoked|used|accessed|called)| (?:does|can) not support| (?:does|was|is|could)? ?not (?:be )?(?:exist|found|resolved))(?: in| for| from| within)? R${STOP}`,
    ),
  ],
  [
    "model-not-in-region",
    RegExp(
      `${LEAD}(?:${THE_SERVICE} (?:is )?(?:not ${NOT_THERE}|unavailable|unsupported|disabled)(?: in| for| from)? R|R (?:(?:is )?not (?:${NOT_THERE}|valid)|(?:is )?(?:unsupported|disabled|invalid)|does not support)(?: (?:for|by|with) (?:this operation|(?:amazon )?bedrock|inference|[MP])| [MP])?)${STOP}`,
    ),
  ],
  ["model-not-for-account", RegExp(`${LEAD}[MP]${BE} (?:not available|unavailable) (?:for|to) A${STOP}`)],
  [
    "no-model-access",
    RegExp(
      `${LEAD}[MP]${BE} (?:not (?:${NOT_THERE}|authorized)|unavailable|unsupported|disabled) (?:in|for|to|with|by|on|under) A${STOP}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}[MP](?:${BE} (?:(?:not (?:an? )?)?(?:in)?valid(?: (?:model|inference profile)(?: (?:id|identifier|arn|name))?)?|unknown|malformed|incorrect|not (?:correct|known|recogni[sz]ed|found|defined)|unrecogni[sz]ed|disabled|unsupported|not (?!available)${NOT_THERE})|(?: does| do| did) not (?:exist|resolve|match any \\w+|refer to \\w+)| (?:could|can) not (?:be )?(?:found|located|resolved|identified|invoked|used|accessed|recogni[sz]ed)| not (?:found|valid|recogni[sz]ed|supported|enabled))${PLACES}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}(?:(?:you )?(?:provided|specified|requested|used) )?(?:an? |the )?(?:invalid|unknown|unrecogni[sz]ed|unsupported|non-?existent|incorrect|malformed|undefined) [MP]${PLACES}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}(?:(?:we )?(?:(?:could|can|did|was) not|unable to|failed to|was unable to) (?:find|resolve|locate|identify|validate|recogni[sz]e|look up|determine) [MP]|(?:there (?:is|are) )?no (?:such )?[MP](?: (?:was|were|is|are|could be|that|which))?(?: (?:found|exists?|available|match(?:es|ing)?|named|registered))?(?: for)?(?: M|${ID})?)${PLACES}`,
    ),
  ],
];

/** Without a place it may be gone for good or for a minute. */
const NOT_AVAILABLE = RegExp(`${LEAD}[MP](?: is| was)? not available${PLACES}`);
const PASSING =
  /\b(?:currently|temporar(?:y|ily)|moment|at this time|right now|capacity|demand|(?:try|retry)\b.{0,20}\b(?:later|shortly|again in|after))\b/;

/** What tells the caller to change his request blames the request. */
const ADVICE =
  /\b(?:remove|reformat|shorten|reduce|simplify|update|rephrase|resize) (?:the|your|this|all|any) (?!model|inference profile|id\b|identifier|region|arn)/;

const WHO =
  "(?:you|A|your (?:user|role|credentials)|(?:this|the) (?:aws )?(?:user|role|caller|identity)|(?:aws )?account:? \\d+)";
const REACH = "(?:(?:to|for) )(?:(?:access|use|using|invoke|invoking|call|run|the use of) )?";

const ACCESS: readonly RegExp[] = [
  RegExp(
    `${LEAD}${WHO} (?:(?:do|does|did) not have (?:\\w+ )?(?:access|permissions?|authorization|entitlement|rights)|(?:is|are|has|have) not (?:authorized|allowed|permitted|entitled|approved|enabled|granted (?:access|permission)|(?:requested|enabled|received|obtained) access)|(?:(?:must|need to) (?:first )?)(?:request|enable|have|be granted) (?:model )?access|lacks? (?:access|permissions?)) ${REACH}[MP](?:${PLACE})*(?=$|[,.;:!]| (?:or|and|with|please|because)\\b)`,
  ),
  RegExp(
    `${LEAD}(?:M )?access (?:to|for) [MP] (?:(?:is|has|was) )?(?:not (?:granted|enabled|requested|allowed|available|permitted|given|authorized)|denied|disabled|restricted)${PLACES}`,
  ),
  RegExp(`^(?:M )?access (?:is |was )?(?:denied|not (?:granted|enabled|allowed)|disabled) (?:to|for) [MP]${PLACES}`),
  RegExp(
    `${LEAD}(?:the |your )?(?:M|model) access (?:(?:is|has|was) )?(?:not (?:granted|enabled|requested|activated|configured|allowed)|denied|disabled)${PLACES}`,
  ),
];

/** "… is not authorized to access this model" is how BadCScoreException and MPAgreementBeingCreated word it. */
const ACCOUNT_GATE =
  /\b(?:account is not authorized to access (?:this|the) model|marketplace|subscri\w+|payment|billing|agreements?|eula|terms|use[- ]case|verif\w+|contact (?:aws )?(?:sales|support)|aws sales|countr(?:y|ies)|territor\w+|suspended|anthropic models|bedrock models|data retention|prompt caching)\b/;
