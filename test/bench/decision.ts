import type { RouteTrack } from "../../src/health/route-track.ts";
import { planRequest, type RouterStage, stageRouter } from "../support/router.ts";
import { quantileOf } from "./median.ts";
import { normalDraw } from "./routing/luck.ts";

const SOURCE_REGIONS = ["eu-west-1", "eu-west-3", "eu-north-1", "us-east-1", "us-west-2"];
const CANDIDATES = 12;
const DECISIONS = 20_000;
/** As the latency lab's answers of one route differ. */
const SIGMA = 0.25;

/** What one decision takes, in microseconds. */
export interface DecisionFigures {
  readonly candidates: number;
  /** Nothing has changed since the last request: the plan is kept. */
  readonly kept: { readonly p50Us: number; readonly p99Us: number };
  /** A median has moved, so that all routes are ranked anew. */
  readonly anew: { readonly p50Us: number; readonly p99Us: number };
  /** Two requests a second, each answered in a time of its own, so that a median moves now and then. */
  readonly mixed: { readonly p50Us: number; readonly p99Us: number };
}

/** Times the choice of the first route and the order of the others among twelve candidates, all with live samples. */
export async function measureDecision(): Promise<DecisionFigures> {
  const stage = stageRouter({ policy: "latency", sourceRegions: SOURCE_REGIONS });
  const request = planRequest();
  const { plan, slice } = stage.router.plan(request);
  if (plan.candidates.length !== CANDIDATES) throw new Error(`${plan.candidates.length} candidates`);
  const tracks = plan.candidates.map(({ route }) => stage.health.track(route, slice));
  for (const track of tracks) for (let sample = 0; sample < 30; sample += 1) track.answered(500 + sample);
  const timed = (before: (decision: number) => void) => time(stage, before);
  // Levels that rise and fall, so that every answer moves the median of its route noticeably.
  const anew = (decision: number): void => moveMedian(stage, tracks[decision % tracks.length]!, decision);
  timed(() => {});
  timed(anew);
  return { candidates: plan.candidates.length, kept: timed(() => {}), anew: timed(anew), mixed: await timeMixed() };
}

/** Decisions of which each follows an answer on the route that the one before it chose. */
async function timeMixed(): Promise<DecisionFigures["mixed"]> {
  const stage = stageRouter({ policy: "latency", sourceRegions: SOURCE_REGIONS });
  const levels = new Map(
    stage.router.preview(planRequest()).candidates.map(({ route, ttfbMs }) => [route.key, ttfbMs]),
  );
  const took: number[] = [];
  for (let decision = 0; decision < DECISIONS; decision += 1) {
    await stage.clock.advance(500);
    const startedAt = performance.now();
    const { plan, slice, home } = stage.router.plan(planRequest());
    took.push((performance.now() - startedAt) * 1_000);
    const { route, score } = plan.candidates[0]!;
    stage.health.track(route, slice).answered(levels.get(route.key)! * Math.exp(SIGMA * normalDraw(1, decision, 0, 0)));
    home?.measured(route, score);
  }
  return { p50Us: quantileOf(took, 0.5), p99Us: quantileOf(took, 0.99) };
}

/** Answers of the route at another level, until the evidence changes. */
function moveMedian({ health }: RouterStage, track: RouteTrack, decision: number): void {
  const before = health.revision;
  const level = 500 * 1.5 ** (decision % 5);
  for (let answer = 0; answer < 1_000 && health.revision === before; answer += 1) track.answered(level + answer);
  if (health.revision === before) throw new Error("The evidence has not changed.");
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
