import type { LAB_SCHEMA, LAB_VERSION } from "../../options/lab-format.ts";
import type { Route } from "../../types/route.ts";
import type { Percentiles } from "../../types/statistics.ts";
import type { CallRecord } from "./call-record.ts";
import type { MissingRoute } from "./lab-routes.ts";
import type { LabOptions } from "./options.ts";

/** The results of a lab: what `results.json` holds. */
export interface LabResults {
  readonly schema: typeof LAB_SCHEMA;
  readonly version: typeof LAB_VERSION;
  /** Whether the simulator answered, and not AWS. */
  readonly simulated: boolean;
  readonly method: LabMethod;
  /** One for each run that is joined here. */
  readonly measurements: readonly Measurement[];
  readonly cells: readonly LabResultCell[];
  readonly missing: readonly MissingRoute[];
  /** Every call, in the order in which they were made. */
  readonly calls: readonly CallRecord[];
}

/** What every call had in common. Runs with another method are not joined. */
export type LabMethod = Pick<
  LabOptions,
  "prompt" | "maxTokens" | "temperature" | "warmups" | "intervalMs" | "timeoutMs"
> & { readonly operation: "ConverseStream" };

/** Where and when one run was made. */
export interface Measurement {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The Region of the calling machine; `null` when it stood in none, or nobody said. */
  readonly measuredFrom: string | null;
  readonly runs: number;
  /** False when it was stopped before its last call. */
  readonly complete: boolean;
  /** This library, Node.js and the SDK. */
  readonly software: Readonly<Record<string, string>>;
}

/** One route as measured from one place. */
export interface LabResultCell extends Omit<Route, "key" | "kind"> {
  readonly kind: "in-region" | "geographic" | "global";
  /** The Region of the machine that called it. In a simulation, the source Region itself. */
  readonly measuredFrom: string | null;
  /** Counted calls, answered or not. */
  readonly calls: number;
  /** Failed calls by kind and family, e.g. `throttled/requests-per-minute`. */
  readonly failures: Readonly<Record<string, number>>;
  /** The first call of the route, which may have had to connect. Absent when it failed, or there was no warm-up. */
  readonly firstCall?: FirstCall;
  /** Of the answered calls; `null` when there is none. */
  readonly ttfb: Distribution | null;
  readonly total: Distribution | null;
}

/** A warm-up. */
export interface FirstCall {
  readonly ttfbMs: number;
  readonly totalMs: number;
  /** True when it was the first call to its source Region, so that it set up the connection. */
  readonly connected: boolean;
}

/** Percentiles in milliseconds: the median, the others by nearest rank; and the histogram. */
export interface Distribution extends Percentiles {
  /** Spread of the natural logarithm. */
  readonly logSpread: number;
  /** HDR histogram of whole milliseconds in the compressed V2 encoding, base64. */
  readonly hdr: string;
}

/** The table of a results file without its figures. */
export type CellFacts = Omit<LabResultCell, "calls" | "failures" | "firstCall" | "ttfb" | "total">;
