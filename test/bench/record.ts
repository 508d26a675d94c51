import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RouteHealth } from "../../src/health/route-health.ts";
import { routeKey } from "../../src/types/route.ts";
import { systemClock } from "../../src/util/clock.ts";
import { medianOf } from "./median.ts";

const RECORDS = 100_000;
const BATCH = 1_000;
const ROUTES = 500;
const SLICE = { workload: "default", streaming: true };

/** What it takes to remember an answer. */
export interface RecordFigures {
  /** The beginning, the first byte and the end of an attempt, in microseconds: a median over batches. */
  readonly recordUs: number;
  /** Heap and buffers of a route: both HDR histograms, the live window, counters. */
  readonly bytesPerRoute: number;
  /** A snapshot of a route as JSON. */
  readonly snapshotBytes: number;
}

/** Times the recording of answers and weighs what is kept of a route after some hundred of them. */
export function measureRecord(): RecordFigures {
  const health = new RouteHealth(systemClock, Math.random, () => {});
  const track = health.track(route(0), SLICE);
  const batches: number[] = [];
  for (let batch = 0; batch < RECORDS / BATCH; batch += 1) {
    const startedAt = performance.now();
    for (let record = 0; record < BATCH; record += 1) {
      const ttfbMs = 400 + ((record * 7_919) % 600);
      track.started("first");
      track.answered(ttfbMs);
      track.succeeded(3 * ttfbMs);
    }
    batches.push(((performance.now() - startedAt) * 1_000) / BATCH);
  }
  return { recordUs: medianOf(batches), ...weigh() };
}

function weigh(): { bytesPerRoute: number; snapshotBytes: number } {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const health = new RouteHealth(systemClock, Math.random, () => {});
  const before = held();
  for (let number = 0; number < ROUTES; number += 1) {
    const track = health.track(route(number), SLICE);
    for (let sample = 0; sample < 300; sample += 1) {
      const ttfbMs = 400 + ((sample * 7_919 + number) % 600);
      track.started("first");
      track.answered(ttfbMs);
      track.succeeded(3 * ttfbMs);
    }
  }
  const bytesPerRoute = (held() - before) / ROUTES;
  const snapshotBytes = JSON.stringify(health.snapshots()).length / ROUTES;
  return { bytesPerRoute, snapshotBytes };
}

function route(number: number) {
  const modelId = `eu.anthropic.claude-${number}`;
  return {
    key: routeKey("eu-central-1", modelId),
    sourceRegion: "eu-central-1",
    modelId,
    model: `anthropic.claude-${number}`,
    kind: "geographic" as const,
    geography: "eu",
    destinationRegions: ["eu-central-1", "eu-west-1", "eu-west-3"],
  };
}
