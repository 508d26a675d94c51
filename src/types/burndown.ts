/**
 * How many tokens of a per-minute or per-day quota one output token uses. Input tokens and tokens written to the prompt
 * cache use one each, tokens read from it none.
 *
 * AWS names the rates of some models of the fifth Claude and the GPT-6 generation and says 1 of "all other models". For
 * their siblings that it does not name, newer than its page, the rate of the generation is assumed: a quota that is
 * thought too small costs a little capacity, one that is thought too large costs throttles.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
 */
export function outputBurndown(model: string): number {
  return RATES.find(([shape]) => shape.test(model))?.[1] ?? 1;
}

/** The page of October 2026, and for GPT-6.1 Sol its model card of that month. The first that matches counts. */
const RATES: readonly (readonly [shape: RegExp, rate: number])[] = [
  [/^anthropic\.claude-[a-z]+-4-8\b/, 15],
  [/^anthropic\.claude-[a-z]+-[5-9]\b/, 10],
  [/^anthropic\.claude-/, 5],
  [/^openai\.gpt-(?:5\.6|6)\b/, 10],
];
