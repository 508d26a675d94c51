import { planRequest, type RouterStage, stageRouter } from "../support/router.ts";
import { quantileOf } from "./median.ts";

const SOURCE_REGIONS = ["eu-west-1", "eu-west-3", "eu-north-1", "us-east-1", "us-west-2"];
const CANDIDATES = 12;
const DECISIONS = 20_000;

/** What one decision takes, in microseconds. */
export interface DecisionFigures {
  readonly candidates: number;
  /** Nothing has changed since the last request: the plan is kept. */
  readonly kept: { readonly p50Us: number; readonly p99Us: number };
  /** A median has moved, so that all routes are ranked anew. */
  readonly anew: { readonly p50Us: number; readonly p99Us: number };
}

/** Times the choice of the first route and the order of the others among twelve candidates, all with live samples. */
export function measureDecision(): DecisionFigures {
  const stage = stageRouter({ policy: "latency", sourceRegions: SOURCE_REGIONS });
  const request = planRequest();
  const { plan, slice } = stage.router.plan(request);
  if (plan.candidates.length !== CANDIDATES) throw new Error(`${plan.candidates.length} candidates`);
  const tracks = plan.candidates.map(({ route }) => stage.health.track(route, slice));
  for (const track of tracks) for (let sample = 0; sample < 30; sample += 1) track.answered(500 + sample);
  const timed = (before: (decision: number) => void) => time(stage, before);
  const nothing = stage.health.track({ ...plan.candidates[0]!.route, key: "another" }, slice).snapshot();
  // What is merged is nothing, but it counts as new evidence.
  const anew = (decision: number): void => tracks[decision % tracks.length]?.merge(nothing, 0);
  timed(() => {});
  timed(anew);
  return { candidates: plan.candidates.length, kept: timed(() => {}), anew: timed(anew) };
}

function time({ router }: RouterStage, before: (decision: number) => void): { p50Us: number; p99Us: number } {
  const request = planRequest();
  const took: number[] = [];
  for (let decision = 0; decision < DECISIONS; decision += 1) {
    before(decision);
    const startedAt = performance.now();
    router.plan(request);
    took.push((performance.now() - startedAt) * 1_000);
  }
  return { p50Us: quantileOf(took, 0.5), p99Us: quantileOf(took, 0.99) };
}
