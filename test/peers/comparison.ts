import { OURS } from "./contender.ts";
import { CALM, type Scenario } from "./scenario.ts";
import type { Figures } from "./tally.ts";
import { EU_MEASURE, MEASURES, type Measure, type Verdict, verdicts } from "./verdict.ts";

/** What was found, by contender and then by scenario. */
export type Ran = ReadonlyMap<string, ReadonlyMap<string, Figures>>;

/** One figure of one scenario, against the best of some others. */
export interface Comparison {
  readonly scenario: Scenario;
  readonly verdict: Verdict;
}

/** This library against the best of `rivals`; nothing where it did not run. */
export function compare(scenarios: readonly Scenario[], ran: Ran, rivals: readonly string[]): readonly Comparison[] {
  const calm = new Map(rivals.flatMap((rival) => entry(rival, ran.get(rival)?.get(CALM))));
  return scenarios.flatMap((scenario) => {
    const own = ran.get(OURS)?.get(scenario.name);
    if (own === undefined) return [];
    const theirs = new Map(rivals.flatMap((rival) => entry(rival, ran.get(rival)?.get(scenario.name))));
    const found = verdicts(own, theirs, measuresOf(scenario), calm, ran.get(OURS)?.get(CALM));
    return found.map((verdict) => ({ scenario, verdict }));
  });
}

/** What says something in a scenario. */
export function measuresOf({ name, residency }: Scenario): readonly Measure[] {
  const measures = name === CALM ? MEASURES.filter((measure) => !measure.name.startsWith("added")) : MEASURES;
  return residency === undefined ? measures : [...measures, EU_MEASURE];
}

function entry(name: string, figures: Figures | undefined): readonly (readonly [string, Figures])[] {
  return figures === undefined ? [] : [[name, figures]];
}
