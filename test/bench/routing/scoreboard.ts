import { meanOf, regretPercent, type Summary } from "./measure.ts";

/** The summaries of a run, by regime and contender. */
export class Scoreboard {
  readonly regimes: readonly string[];
  readonly groups: readonly string[];
  /** Without the oracle, in the order in which they were run. */
  readonly contenders: readonly string[];
  readonly #summaries: ReadonlyMap<string, Summary>;

  constructor(summaries: readonly Summary[]) {
    this.#summaries = new Map(summaries.map((summary) => [keyOf(summary.regime, summary.contender), summary]));
    this.regimes = [...new Set(summaries.map(({ regime }) => regime))];
    this.groups = [...new Set(summaries.map(({ group }) => group))];
    this.contenders = [...new Set(summaries.map(({ contender }) => contender))].filter((name) => name !== "oracle");
  }

  /** @throws RangeError when it was not run */
  of(regime: string, contender: string): Summary {
    const summary = this.#summaries.get(keyOf(regime, contender));
    if (summary === undefined) throw new RangeError(`${contender} was not run in ${regime}`);
    return summary;
  }

  oracle(regime: string): Summary {
    return this.of(regime, "oracle");
  }

  /** In per cent. */
  regret(regime: string, contender: string): number {
    return regretPercent(this.of(regime, contender), this.oracle(regime));
  }

  /** Of the seed that was worst for the contender. */
  worstSeedRegret(regime: string, contender: string): number {
    const oracle = this.oracle(regime).effectiveMsBySeed;
    const own = this.of(regime, contender).effectiveMsBySeed;
    return Math.max(...own.map((value, seed) => 100 * (value / oracle[seed]! - 1)));
  }

  regretsOf(contender: string, regimes: readonly string[] = this.regimes): readonly number[] {
    return regimes.map((regime) => this.regret(regime, contender));
  }

  meanRegret(contender: string, regimes: readonly string[] = this.regimes): number {
    return meanOf(this.regretsOf(contender, regimes));
  }

  regimesOf(group: string): readonly string[] {
    return this.regimes.filter((regime) => this.oracle(regime).group === group);
  }

  /** Mean of a figure over all regimes that have it: what was never served had no price. */
  mean(contender: string, figure: (summary: Summary) => number): number {
    return meanOf(this.regimes.map((regime) => figure(this.of(regime, contender))).filter(Number.isFinite));
  }
}

function keyOf(regime: string, contender: string): string {
  return `${regime}\n${contender}`;
}
