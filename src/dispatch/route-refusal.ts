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
  const family = RULES.find(([, rule]) => rule.test(words))?.[0];
  if (family !== undefined) return family;
  if (NOT_AVAILABLE.test(words) && !PASSING.test(text)) return "model-identifier-invalid";
  return ACCESS.some((rule) => rule.test(words)) && !ACCOUNT_GATE.test(words) ? "no-model-access" : undefined;
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
const QUALIFIED =
  "(?:(?:the|this|that|your|an?|any) )?(?:(?:provided|specified|requested|given|selected|supplied|chosen|configured|target|base|foundation|provisioned|imported|custom|bedrock|amazon|aws|application|system-defined|cross-region|global|geographic|regional|underlying|following|on-demand) )*";
const HEAD = `(?:(?:${VENDOR} )?(?:${VENDOR} )?models?|(?:cross-region )?inference[- ]profiles?|model inference profile|provisioned throughput|model deployment)(?: (?:version|variant))?(?: ?(?:identifier|id|arn|name)s?)?`;
/** An id of a vendor not known here; no path to a field. */
const DOTTED =
  "(?!(?:messages|system|prompt|tools?|tool_?config|tool_choice|inference_?config|thinking|output_config|input|content|additional\\w*|#)\\b)(?=\\S*-)(?=\\S*\\d)[a-z][a-z0-9-]*\\.[\\w.:-]*\\w";
/** "The requested foundation model ID x.y you provided", "Claude 3.5 Sonnet v2", "eu.vendor.model-v1:0". */
const THE_MODEL = `(?:${QUALIFIED}${HEAD}${WITH_ID}?${THAT_YOU}|(?:the )?(?:model )?${VENDOR} (?:[\\w.-]+ ){0,4}?[\\w.-]*\\d[\\w.-]*(?: \\w+){0,2}?|["'\`]?(?:arn:aws[\\w-]*:bedrock:\\S+|(?:[a-z-]+\\.)?${VENDOR}\\.[\\w.:-]+\\w|${DOTTED})["'\`]?)`;
const REGION_ID = "[a-z]{2}(?:-(?:gov|iso\\w?))?-[a-z]+-\\d";
const REGION = `(?:(?:the|this|that|your|any|its|an?) )?(?:(?:current|requested|specified|selected|provided|source|home|target|aws|bedrock|${REGION_ID}|['"(]${REGION_ID}['")]) )*regions?\\b(?:(?:,|:)? ['"(]?${REGION_ID}['")]?)?(?: you (?:have )?(?:specified|requested|selected|are (?:using|in)))?|['"(]?${REGION_ID}['")]?(?: region)?`;
const PROFILE =
  "(?:an? |the )?(?:(?:cross-region|application|system-defined|geographic|global|regional) )*inference profiles?(?: (?:id|arn|identifier)s?)?";
const WAY = `(?:on-demand(?: (?:throughput|inference|invocations?|usage|use|access|mode|requests?))?|${PROFILE}|cross-region inference|(?:global|geographic|regional) inference|provisioned throughput|direct invocation)`;
const ACCOUNT = "(?:this|your|the) (?:aws )?(?:account|organization)(?: \\(?\\d+\\)?)?";
const PLACE = ` (?:in|for|from|to|on|at|with|within|by|through|via|using|under) (?:${REGION}|${ACCOUNT}|${WAY}|this endpoint|(?:amazon )?bedrock(?: runtime)?)`;
const STOP = `(?:(?=$|[,.;!?](?!\\w)|:(?=$| ?(?:["'\`]|\\S*[.:/-]\\S*\\d))| - | \\(| (?:or|and|because|please|yet|anymore|any ?more|but|so|since|as of|until)\\b))`;
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
      `${LEAD}${THE_MODEL}${BE} (?:(?:now |already )?(?:deprecated|retired|discontinued|sunset|decommissioned|end[- ]of[- ]life|legacy|eol)(?=$|[,.;!]| (?:and|on|since|as of|by|in favor|please|or)\\b)|(?:been )?marked (?:by (?:the )?provider )?as (?:legacy|deprecated)|(?:reached|past) (?:the |its )?end[- ]of[- ](?:its |service )?(?:life|support)|no longer (?:available|supported|offered|accessible)${PLACES})`,
    ),
  ],
  ["end-of-life", RegExp(`${LEAD}(?:an? |the )?(?:legacy|deprecated|retired|discontinued) ${HEAD}${WITH_ID}?${STOP}`)],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}(?:invocation|invoking|inference|use|usage|calling|requests?)(?: (?:of|with|to|for|on|using))? ${THE_MODEL} (?:with|using|through|via|in|for|by) ${WAY} (?:is |are )?(?:not (?:supported|available|allowed|enabled|possible)|unsupported)`,
    ),
  ],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}${WAY} (?:(?:is|are) )?(?:not (?:supported|available|enabled|allowed|offered)|unsupported|unavailable|required)(?: (?:for|by|with|on) ${THE_MODEL})?${PLACES}`,
    ),
  ],
  [
    "on-demand-unsupported",
    RegExp(
      `${LEAD}${THE_MODEL} (?:(?:does|do|can) not (?:support|allow|offer|accept) (?:${WAY}|(?:being )?(?:invocation|invoked|called)${PLACE})|requires? (?:(?:the )?use of |using |invocation (?:via|through) )?${WAY}|(?:is |are )?not ${NOT_THERE} (?:for|with|through|via|using|by) ${WAY}|(?:(?:is|are) only (?:\\w+ )|(?:can|must|may|should) (?:only )?be (?:invoked|used|accessed|called) (?:only )?)(?:with|through|via|using|by|as|in) ${WAY})${PLACES}`,
    ),
  ],
  [
    "model-not-in-region",
    RegExp(
      `${LEAD}${THE_MODEL}(?:${BE} (?:not ${NOT_THERE}|unavailable|unsupported|disabled|only ${NOT_THERE})| (?:can|may) not be (?:invoked|used|accessed|called)| can only be (?:invoked|used|accessed|called)| (?:does|can) not support| (?:does|was|is|could)? ?not (?:be )?(?:exist|found|resolved))(?: in| for| from| within)? (?:${REGION})${STOP}`,
    ),
  ],
  [
    "model-not-in-region",
    RegExp(
      `${LEAD}(?:${THE_SERVICE} (?:is )?(?:not ${NOT_THERE}|unavailable|unsupported|disabled)(?: in| for| from)? (?:${REGION})|(?:${REGION}) (?:(?:is )?not (?:${NOT_THERE}|valid)|(?:is )?(?:unsupported|disabled|invalid)|does not support)(?: (?:for|by|with) (?:this operation|(?:amazon )?bedrock|inference|${THE_MODEL})| ${THE_MODEL})?)${STOP}`,
    ),
  ],
  [
    "model-not-for-account",
    RegExp(`${LEAD}${THE_MODEL}${BE} (?:not available|unavailable) (?:for|to) ${ACCOUNT}${STOP}`),
  ],
  [
    "no-model-access",
    RegExp(
      `${LEAD}${THE_MODEL}${BE} (?:not (?:${NOT_THERE}|authorized)|unavailable|unsupported|disabled) (?:in|for|to|with|by|on|under) ${ACCOUNT}${STOP}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}${THE_MODEL}(?:${BE} (?:(?:not (?:an? )?)?(?:in)?valid(?: (?:model|inference profile)(?: (?:id|identifier|arn|name))?)?|unknown|malformed|incorrect|not (?:correct|known|recogni[sz]ed|found|defined)|unrecogni[sz]ed|disabled|unsupported|not (?!available)${NOT_THERE})|(?: does| do| did) not (?:exist|resolve|match any \\w+|refer to \\w+)| (?:could|can) not (?:be )?(?:found|located|resolved|identified|invoked|used|accessed|recogni[sz]ed)| not (?:found|valid|recogni[sz]ed|supported|enabled))${PLACES}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}(?:(?:you )?(?:provided|specified|requested|used) )?(?:an? |the )?(?:invalid|unknown|unrecogni[sz]ed|unsupported|non-?existent|incorrect|malformed|undefined) ${HEAD}${WITH_ID}?${THAT_YOU}${PLACES}`,
    ),
  ],
  [
    "model-identifier-invalid",
    RegExp(
      `${LEAD}(?:(?:we )?(?:(?:could|can|did|was) not|unable to|failed to|was unable to) (?:find|resolve|locate|identify|validate|recogni[sz]e|look up|determine) ${THE_MODEL}|(?:there (?:is|are) )?no (?:such )?${HEAD}s?(?: (?:was|were|is|are|could be|that|which))?(?: (?:found|exists?|available|match(?:es|ing)?|named|registered))?(?: for)?${WITH_ID}?)${PLACES}`,
    ),
  ],
];

/** Without a place it may be gone for good or for a minute. */
const NOT_AVAILABLE = RegExp(`${LEAD}${THE_MODEL}(?: is| was)? not available${PLACES}`);
const PASSING =
  /\b(?:currently|temporar(?:y|ily)|moment|at this time|right now|capacity|demand|(?:try|retry)\b.{0,20}\b(?:later|shortly|again in|after))\b/;

/** What tells the caller to change his request blames the request. */
const ADVICE =
  /\b(?:remove|reformat|shorten|reduce|simplify|update|rephrase|resize) (?:the|your|this|all|any) (?!model|inference profile|id\b|identifier|region|arn)/;

const WHO =
  "(?:you|your (?:aws )?(?:account|user|role|organization|credentials)|(?:this|the) (?:aws )?(?:account|user|role|caller|identity)|(?:aws )?account:? \\d+)";
const REACH = "(?:(?:to|for) )(?:(?:access|use|using|invoke|invoking|call|run|the use of) )?";

const ACCESS: readonly RegExp[] = [
  RegExp(
    `${LEAD}${WHO} (?:(?:do|does|did) not have (?:\\w+ )?(?:access|permissions?|authorization|entitlement|rights)|(?:is|are|has|have) not (?:authorized|allowed|permitted|entitled|approved|enabled|granted (?:access|permission)|(?:requested|enabled|received|obtained) access)|(?:(?:must|need to) (?:first )?)(?:request|enable|have|be granted) (?:model )?access|lacks? (?:access|permissions?)) ${REACH}${THE_MODEL}(?:${PLACE})*(?=$|[,.;:!]| (?:or|and|with|please|because)\\b)`,
  ),
  RegExp(
    `${LEAD}(?:model )?access (?:to|for) ${THE_MODEL} (?:(?:is|has|was) )?(?:not (?:granted|enabled|requested|allowed|available|permitted|given|authorized)|denied|disabled|restricted)${PLACES}`,
  ),
  RegExp(
    `^(?:model )?access (?:is |was )?(?:denied|not (?:granted|enabled|allowed)|disabled) (?:to|for) ${THE_MODEL}${PLACES}`,
  ),
  RegExp(
    `${LEAD}(?:${QUALIFIED})?model access (?:(?:is|has|was) )?(?:not (?:granted|enabled|requested|activated|configured|allowed)|denied|disabled)${PLACES}`,
  ),
];

/** "… is not authorized to access this model" is how BadCScoreException and MPAgreementBeingCreated word it. */
const ACCOUNT_GATE =
  /\b(?:account is not authorized to access (?:this|the) model|marketplace|subscri\w+|payment|billing|agreements?|eula|terms|use[- ]case|verif\w+|contact (?:aws )?(?:sales|support)|aws sales|countr(?:y|ies)|territor\w+|suspended|anthropic models|bedrock models|data retention|prompt caching)\b/;
