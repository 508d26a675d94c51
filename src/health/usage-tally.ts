import { roundUsd } from "../types/cost.ts";
import type { RouteStats } from "../types/statistics.ts";
import type { TokenUsage } from "../types/token-usage.ts";

/** Sums in the order in which a snapshot holds them. New ones go to the end: an older snapshot is shorter. */
const SUMS = [
  "answers",
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "generated",
  "generationMs",
  "priced",
  "unpriced",
  "usd",
  "compared",
  "comparedUsd",
  "alternativeUsd",
  "extras",
  "extraInput",
  "extraOutput",
  "extraUsd",
  "extrasPriced",
] as const;

/** What the statistics of a route say about tokens and cost. */
export type UsageStats = Pick<RouteStats, "tokens" | "outputTokensPerSecond" | "cost" | "extra">;

/** Sums over the answers of one route: their tokens, what they cost, and what went beside them in vain. */
export class UsageTally {
  readonly #sums: Record<(typeof SUMS)[number], number> = Object.fromEntries(SUMS.map((name) => [name, 0])) as never;

  /**
   * An answer has ended.
   * @param usd - its cost; anything else than a number when that is not known
   * @param alternativeUsd - what its alternative would have cost
   */
  answered(usage: TokenUsage | undefined, generationMs: number, usd: unknown, alternativeUsd: unknown): void {
    const sums = this.#sums;
    if (usage !== undefined) {
      sums.answers += 1;
      sums.input += usage.inputTokens;
      sums.output += usage.outputTokens;
      sums.cacheRead += usage.cacheReadInputTokens ?? 0;
      sums.cacheWrite += usage.cacheWriteInputTokens ?? 0;
      if (generationMs >= SHORTEST_MS && usage.outputTokens > 0) {
        sums.generated += usage.outputTokens;
        sums.generationMs += generationMs;
      }
    }
    if (typeof usd !== "number") {
      sums.unpriced += 1;
      return;
    }
    sums.priced += 1;
    sums.usd += usd;
    if (typeof alternativeUsd !== "number") return;
    sums.compared += 1;
    sums.comparedUsd += usd;
    sums.alternativeUsd += alternativeUsd;
  }

  /** An attempt on this route was in vain; `usage` and `usd` are those of the answer that was faster. */
  extra(usage: TokenUsage | undefined, usd: unknown): void {
    const sums = this.#sums;
    sums.extras += 1;
    sums.extraInput += usage === undefined ? 0 : allInput(usage);
    sums.extraOutput += usage?.outputTokens ?? 0;
    if (typeof usd !== "number") return;
    sums.extrasPriced += 1;
    sums.extraUsd += usd;
  }

  stats(): UsageStats {
    const sums = this.#sums;
    const { answers, input, output, cacheRead, cacheWrite, priced, unpriced, compared, extras } = sums;
    return {
      ...(answers === 0 ? {} : { tokens: Object.freeze({ answers, input, output, cacheRead, cacheWrite }) }),
      ...(sums.generationMs === 0
        ? {}
        : { outputTokensPerSecond: Math.round((sums.generated / sums.generationMs) * 10_000) / 10 }),
      ...(priced + unpriced === 0
        ? {}
        : {
            cost: Object.freeze({
              ...(priced === 0 ? {} : { usd: roundUsd(sums.usd) }),
              pricedAnswers: priced,
              unpricedAnswers: unpriced,
              ...(compared === 0
                ? {}
                : {
                    alternative: Object.freeze({
                      answers: compared,
                      usd: roundUsd(sums.alternativeUsd),
                      insteadOfUsd: roundUsd(sums.comparedUsd),
                    }),
                  }),
            }),
          }),
      ...(extras === 0
        ? {}
        : {
            extra: Object.freeze({
              attempts: extras,
              inputTokensIfBilled: sums.extraInput,
              outputTokensIfBilled: sums.extraOutput,
              ...(sums.extrasPriced === 0 ? {} : { usdIfBilled: roundUsd(sums.extraUsd) }),
              pricedAttempts: sums.extrasPriced,
            }),
          }),
    };
  }

  /** The sums, for a snapshot; absent while there are none. */
  snapshot(): readonly number[] | undefined {
    const values = SUMS.map((name) => roundUsd(this.#sums[name]));
    const last = values.findLastIndex((value) => value !== 0);
    return last === -1 ? undefined : values.slice(0, last + 1);
  }

  /** Adds the sums of another one. */
  merge(values: readonly number[]): void {
    SUMS.forEach((name, index) => {
      this.#sums[name] += values[index] ?? 0;
    });
  }
}

/** An answer that came at once says nothing about how fast tokens are generated. */
const SHORTEST_MS = 1;

function allInput(usage: TokenUsage): number {
  return usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
}
