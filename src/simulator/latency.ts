import { geographyOf } from "../profiles/geography.ts";
import { type LabCell, labCell, labCells } from "../profiles/lab.ts";
import type { Scope } from "./model-target.ts";
import type { OperationName } from "./operations.ts";
import { normalDeviate } from "./seeded-random.ts";

/** What the latency of one request may depend on. */
export interface LatencyRequest {
  readonly operation: OperationName;
  readonly sourceRegion: string;
  readonly modelId: string;
  readonly model: string;
  readonly scope: Scope;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The next of this request's own random numbers in [0, 1): the same in every run with the same seed. */
  readonly random: () => number;
}

/** How long a request takes, in simulated milliseconds, without the network between caller and source Region. */
export interface Latency {
  /** Request start to first event of a stream. */
  readonly ttfbMs: number;
  /** Request start to the end of the answer. */
  readonly totalMs: number;
}

/**
 * Draws a latency: log-normal around the latency lab's medians where it measured the cell, else by rule. The lab's
 * spread goes to the time to first byte; how long the model writes is fixed.
 *
 * By rule: a geographic profile takes the model's mean over the lab's geographic cells (800 ms to the first byte for a
 * model that the lab did not measure), a global profile the same in the US and 1.45 times that elsewhere, an in-Region
 * call as much as a geographic profile.
 */
export function drawLatency(request: LatencyRequest, tails: boolean): Latency {
  const { sourceRegion, model, scope, random } = request;
  const kind = scope === "global" ? "global" : "geographic";
  const cell = labCell(model, sourceRegion, kind);
  const { ttfbMs, writingMs } = medians(model, sourceRegion, kind, cell);
  const spread = normalDeviate(random(), random());
  const tail = tailOf(model, sourceRegion, kind);
  const inTail = random() < tail.share;
  const ttfb = tails && inTail ? tail.ttfbMs * Math.exp(0.1 * spread) : ttfbMs * Math.exp(sigmaOf(kind, cell) * spread);
  return { ttfbMs: ttfb, totalMs: ttfb + writingMs };
}

type Kind = LabCell["kind"];

interface Medians {
  readonly ttfbMs: number;
  readonly writingMs: number;
}

const neutralMedians: Medians = { ttfbMs: 800, writingMs: 1_660 };
const globalPenaltyOutsideUs = 1.45;
/** 95 % of a normal distribution lies below this many deviations. */
const deviationsAtP95 = 1.645;

function medians(model: string, sourceRegion: string, kind: Kind, cell: LabCell | undefined): Medians {
  if (cell !== undefined) return { ttfbMs: cell.ttfbP50Ms, writingMs: cell.totalP50Ms - cell.ttfbP50Ms };
  const base = geographicMean(model);
  if (kind === "geographic" || geographyOf(sourceRegion) === "us") return base;
  return { ...base, ttfbMs: base.ttfbMs * globalPenaltyOutsideUs };
}

function geographicMean(model: string): Medians {
  const cells = labCells().filter((cell) => cell.model === model && cell.kind === "geographic");
  if (cells.length === 0) return neutralMedians;
  const mean = (value: (cell: LabCell) => number): number =>
    cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
  return { ttfbMs: mean((cell) => cell.ttfbP50Ms), writingMs: mean((cell) => cell.totalP50Ms - cell.ttfbP50Ms) };
}

/** From the lab's P95 of the total, all of whose excess is put on the first byte; else what such cells have on average. */
function sigmaOf(kind: Kind, cell: LabCell | undefined): number {
  if (cell?.totalP95Ms !== undefined) {
    const ttfbP95Ms = cell.ttfbP50Ms + cell.totalP95Ms - cell.totalP50Ms;
    return Math.log(ttfbP95Ms / cell.ttfbP50Ms) / deviationsAtP95;
  }
  return kind === "global" ? 0.35 : 0.2;
}

interface Tail {
  readonly share: number;
  readonly ttfbMs: number;
}

/** Rare requests that hang for long: with 30 calls a cell, the lab's P99 is its slowest call. */
function tailOf(model: string, sourceRegion: string, kind: Kind): Tail {
  const isNova = model.startsWith("amazon.nova");
  if (sourceRegion === "ap-southeast-1" && kind === "global") return { share: 0.02, ttfbMs: isNova ? 181_000 : 42_700 };
  if (sourceRegion === "us-east-1" && model.startsWith("anthropic.")) {
    return kind === "global" ? { share: 0.015, ttfbMs: 8_000 } : { share: 0.01, ttfbMs: 2_000 };
  }
  return kind === "global" ? { share: 0.005, ttfbMs: 8_000 } : { share: 0.002, ttfbMs: 3_000 };
}
