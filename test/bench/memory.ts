import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Route } from "../../src/types/route.ts";
import { routeKey } from "../../src/types/route.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { normalDraw } from "./routing/luck.ts";

const ROUTES = 400;
const SLICE = { workload: "default", streaming: true };
/** Ten minutes of half a request a second. */
const SAMPLES = 300;
const BETWEEN_MS = 2_000;
/** As the answers of one route differ in the latency lab. */
const SIGMA = 0.25;

/** What is kept of one route in one slice, in bytes. */
export interface MemoryFigures {
  /** After ten minutes with an answer every two seconds. */
  readonly quiet: number;
  /** After the same number of answers within ten seconds, as fast as a window fills. */
  readonly busy: number;
  /** Of the quiet one, in a snapshot as JSON. */
  readonly snapshot: number;
}

/** Weighs routes after some hundred answers. */
export async function measureMemory(): Promise<MemoryFigures> {
  const quiet = await weigh(BETWEEN_MS);
  const busy = await weigh(0);
  return { quiet: quiet.bytes, busy: busy.bytes, snapshot: quiet.snapshot };
}

async function weigh(betweenMs: number): Promise<{ bytes: number; snapshot: number }> {
  const clock = new VirtualClock();
  const health = new RouteHealth(
    clock,
    () => 0.5,
    () => {},
  );
  const routes = Array.from({ length: ROUTES }, (_, number) => route(number));
  const before = await held();
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    if (betweenMs > 0) await clock.advance(betweenMs);
    for (const [number, each] of routes.entries()) {
      const ttfbMs = Math.round(800 * Math.exp(SIGMA * normalDraw(number, sample, 0, 0)));
      const track = health.track(each, SLICE);
      track.started("first");
      track.answered(ttfbMs);
      track.succeeded(3 * ttfbMs);
    }
  }
  const bytes = ((await held()) - before) / ROUTES;
  return { bytes, snapshot: JSON.stringify(health.snapshots()).length / ROUTES };
}

let collect: (() => void) | undefined;

async function held(): Promise<number> {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  // What array buffers held is given back some time after the collection.
  for (let time = 0; time < 3; time += 1) {
    collect();
    await setTimeout(50);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function route(number: number): Route {
  const modelId = `eu.anthropic.claude-${number}`;
  return {
    key: routeKey("eu-central-1", modelId),
    sourceRegion: "eu-central-1",
    modelId,
    model: `anthropic.claude-${number}`,
    kind: "geographic",
    geography: "eu",
    destinationRegions: ["eu-central-1", "eu-west-1", "eu-west-3"],
  };
}
