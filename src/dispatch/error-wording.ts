/**
 * Whether a message without a name reads like the service speaking of its own trouble. "… and try your request again"
 * is advice to change the request.
 */
export function soundsTransient(text: string): boolean {
  return TRANSIENT.some((pattern) => pattern.test(withoutQuotes(text)));
}

/** Whether a message without a name reads like an objection to the request. */
export function soundsLikeObjection(text: string): boolean {
  return OBJECTION.some((pattern) => pattern.test(withoutQuotes(text)));
}

const TRANSIENT: readonly RegExp[] = [
  /(?<!and )try (?:your|the) request again|(?<!and )try again (?:later|shortly|in a (?:few|moment))/,
  /\b(?:temporar(?:y|ily)|unavailable|overloaded|unexpected error|internal (?:\w+ )?error|server error)\b/,
];

const OBJECTION: readonly RegExp[] = [
  /\b(?:must|should|required?|expected|unexpected (?!error)|invalid|malformed|missing|empty|non-empty|blank|deprecated)\b/,
  /\b(?:unsupported|unrecognized|blocked|reduce|maximum|validation|extraneous|duplicate)\b/,
  /\b(?:not|n't) (?:valid|permitted|allowed|supported?|of type|include|find|contain|match)\b/,
  /\b(?:cannot|can't|can only|may not|may only|exceed(?:s|ed)?|at (?:least|most)|did not|were found|already)\b/,
  /\btoo (?:long|short|large|small|big|many|few|high|low)\b/,
  /\b(?:failed|could not|unable) to (?:satisfy|deserialize|parse|process|decode|read)|could not (?:process|parse|be)\b/,
];

/** Quoted parts and code are the caller's words, or names of his fields. */
function withoutQuotes(text: string): string {
  return text.replace(/(?<!\w)(['"`])(?:(?!\1).|(?<=\w)\1(?=\w))*\1(?!\w)/gs, "''");
}
