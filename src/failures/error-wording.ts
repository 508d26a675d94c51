/** The same message comes with "isn’t" and with "isn't", and some logs escape the apostrophe. */
export function typography(text: string): string {
  return text
    .replace(/[\u2018\u2019\u02BC]|\\u2019/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Whether a message without a name reads like the service speaking of its own trouble. "… and try your request again"
 * is advice to change the request.
 */
export function soundsTransient(text: string): boolean {
  return !OPENING.test(text) && TRANSIENT.some((pattern) => pattern.test(withoutQuotes(text)));
}

/** Whether a message without a name reads like an objection to the request. */
export function soundsLikeObjection(text: string): boolean {
  const words = withoutQuotes(text);
  return !NETWORK.test(words) && OBJECTION.some((pattern) => pattern.test(words));
}

/**
 * Whether a list of constraint violations names the `modelId` and nothing else. Bedrock uses one template for every
 * field, so the path tells whose value it is; a list that was cut short proves nothing.
 */
export function blamesOnlyModelId(text: string): boolean {
  const header = /^(\d+) validation errors? detected|^value /.exec(text);
  const paths = [...text.matchAll(/ at '([^']*)' failed to satisfy/g)].map((match) => match[1]);
  return header !== null && paths.length >= Number(header[1] ?? 1) && paths.every((path) => path === "modelid");
}

const TRANSIENT: readonly RegExp[] = [
  /(?<!and )try (?:your|the) request again|(?<!and )try again (?:later|shortly|in a (?:few|moment))/,
  /\b(?:temporar(?:y|ily)|unavailable|overloaded|unexpected error|internal (?:\w+ )?error|server error)\b/,
];

/** What begins as an objection is one, whatever it goes on to quote. */
const OPENING =
  /^(?:(?:messages|system|prompt|tools?|tool_choice|thinking|stop_sequences)\b[\w.[\]/]*: |(?:invalid|malformed|unsupported|unrecognized) )/;

const OBJECTION: readonly RegExp[] = [
  // Where the models begin their own messages: `messages.0.content: …`, `temperature: range: 0..1`.
  /^(?:messages|system|prompt|tools?|tool_choice|max_tokens|temperature|top_[pk]|thinking|stop_sequences|#)[\w.[\]/]*: /,
  /\b(?:must|should|required?|expected|unexpected (?!error)|invalid|malformed|incorrect|missing|empty|blank|deprecated)\b/,
  /\b(?:unsupported|unrecognized|blocked|different model|reduce|maximum|validation|extraneous|duplicate|requires|expired|conflict)\b/,
  /\b(?:unsupported|invalid|unknown|missing)_\w+/,
  /\b(?:cannot|can only|may only|exceed(?:s|ed)?|at (?:least|most)|were found|already|no matching|but the provided|but found|but got)\b/,
  /\b(?:not|(?:ca|do|does|did|is|are|was|were)n't)\b/,
  /\btoo (?:long|short|large|small|big|many|few|high|low)\b/,
  /\b(?:failed|unable) to (?:satisfy|deserialize|parse|process|decode|read|determine)\b/,
];

const NETWORK =
  /\b(?:connect(?:ion|ed|ing)?|sockets?|network|host(?:name)?|proxy|tunnel\w*|tls|ssl|certificate|dns|http2)\b/;

/** Quoted parts and code are the caller's words, or names of his fields. */
function withoutQuotes(text: string): string {
  return text.replace(/(?<!\w)(['"`])(?:(?!\1).|(?<=\w)\1(?=\w))*\1(?!\w)/gs, "''");
}
