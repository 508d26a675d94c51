import { planRequest, type RouterStage, stageRouter } from "../support/router.ts";
import { quantileOf } from "./median.ts";
import { normalDraw } from "./routing/luck.ts";

const SOURCE_REGIONS = ["eu-west-1", "eu-west-3", "eu-north-1", "us-east-1", "us-west-2"];
const CANDIDATES = 12;
const DECISIONS = 20_000;
/** As the answers of one route differ in the latency lab. */
const SIGMA = 0.25;

/** What decisions take, in microseconds: the middle one, and one that nine of ten stay below. */
export interface DecisionTimes {
  readonly p50Us: number;
  readonly p90Us: number;
}

/** Decisions among twelve candidates that all have live samples. */
export interface DecisionFigures {
  readonly candidates: number;
  /** Nothing has changed since the last request. */
  readonly unchanged: DecisionTimes;
  /** An answer is recorded and has moved the percentiles of its route, so all routes are ranked anew. */
  readonly changed: DecisionTimes;
  /** Two requests a second, each answered in a time of its own; the recording of the answer counts. */
  readonly asTheyCome: DecisionTimes;
}

/** Times the choice of the first route and the order of the others. */
export async function measureDecision(): Promise<DecisionFigures> {
  const stage = measuredStage();
  timeChanged(stage);
  const unchanged = timeUnchanged(stage);
  return { candidates: CANDIDATES, unchanged, changed: timeChanged(stage), asTheyCome: await timeAsTheyCome() };
}

function measuredStage(): RouterStage {
  const stage = stageRouter({ policy: "latency", sourceRegions: SOURCE_REGIONS });
  const { plan, choice } = stage.router.plan(planRequest());
  if (plan.candidates.length !== CANDIDATES) throw new Error(`${plan.candidates.length} candidates`);
  for (const { route } of plan.candidates) {
    const track = stage.health.track(route, choice.slice);
    for (let sample = 0; sample < 30; sample += 1) track.answered(500 + sample);
  }
  return stage;
}

/** Answers of one route after the other, at levels that rise and fall. Those count that have changed the evidence. */
function timeChanged({ router, health }: RouterStage): DecisionTimes {
  const request = planRequest();
  const { plan, choice } = router.plan(request);
  const routes = plan.candidates.map(({ route }) => route);
  const took: number[] = [];
  for (let answer = 0; took.length < DECISIONS; answer += 1) {
    const route = routes[Math.floor(answer / 20) % routes.length]!;
    const ttfbMs = 500 * 1.5 ** (Math.floor(answer / 20) % 5) * Math.exp(SIGMA * normalDraw(2, answer, 0, 0));
    const before = health.revision;
    const startedAt = performance.now();
    const track = health.track(route, choice.slice);
    track.started("first");
    track.answered(ttfbMs);
    track.succeeded(ttfbMs);
    router.plan(request);
    const us = (performance.now() - startedAt) * 1_000;
    if (health.revision !== before) took.push(us);
  }
  return timesOf(took);
}

function timeUnchanged({ router }: RouterStage): DecisionTimes {
  const request = planRequest();
  const took: number[] = [];
  for (let decision = 0; decision < DECISIONS; decision += 1) {
    const startedAt = performance.now();
    router.plan(request);
    took.push((performance.now() - startedAt) * 1_000);
  }
  return timesOf(took);
}

/** Decisions of which each follows an answer on the route that the one before it chose. */
async function timeAsTheyCome(): Promise<DecisionTimes> {
  const stage = stageRouter({ policy: "latency", sourceRegions: SOURCE_REGIONS });
  const levels = new Map(
    stage.router.preview(planRequest()).candidates.map(({ route, ttfbMs }) => [route.key, ttfbMs]),
  );
  const took: number[] = [];
  for (let decision = 0; decision < DECISIONS; decision += 1) {
    await stage.clock.advance(500);
    const plannedAt = performance.now();
    const { plan, choice } = stage.router.plan(planRequest());
    const planMs = performance.now() - plannedAt;
    const [first] = plan.candidates;
    const ttfbMs = levels.get(first!.route.key)! * Math.exp(SIGMA * normalDraw(1, decision, 0, 0));
    const recordedAt = performance.now();
    const track = stage.health.track(first!.route, choice.slice);
    track.started("first");
    track.answered(ttfbMs);
    track.succeeded(ttfbMs);
    choice.measured(first!, ttfbMs);
    took.push((planMs + performance.now() - recordedAt) * 1_000);
  }
  return timesOf(took);
}

function timesOf(took: readonly number[]): DecisionTimes {
  return { p50Us: quantileOf(took, 0.5), p90Us: quantileOf(took, 0.9) };
}
