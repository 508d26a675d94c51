import { checkRegion } from "../../options/check-region.ts";
import type { Catalog } from "../../profiles/catalog.ts";
import { parseModelRef } from "../../profiles/model-ref.ts";
import type { RouteKind } from "../../types/route.ts";
import {
  array,
  either,
  guessOf,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  refuse,
  text,
} from "../../types/schema.ts";

/** A kind of route that the lab can compare. */
export type LabKind = Extract<RouteKind, "in-region" | "geographic" | "global">;

/** How a lab is run: what is called, how often, and with what. */
export interface LabOptions {
  /** Foundation-model ids. */
  readonly models: readonly string[];
  /** Regions whose Bedrock endpoints are called. */
  readonly sourceRegions: readonly string[];
  readonly kinds: readonly LabKind[];
  /** Counted calls of each route. */
  readonly runs: number;
  /** Calls of each route before those, which are reported apart. */
  readonly warmups: number;
  /** Pause between the end of a call and the start of the next one, in milliseconds. */
  readonly intervalMs: number;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly prompt: string;
  /** When a call is given up, in milliseconds. */
  readonly timeoutMs: number;
  /** The Region in which the calling machine stands; `null` when it stands in none, or nobody said. */
  readonly measuredFrom: string | null;
}

/** As in the latency lab that this repeats. */
export const DEFAULT_LAB_OPTIONS: LabOptions = Object.freeze({
  models: Object.freeze(["anthropic.claude-sonnet-4-6", "amazon.nova-2-lite-v1:0"]),
  sourceRegions: Object.freeze([
    "us-east-1",
    "us-west-2",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
  ]),
  kinds: Object.freeze(["global", "geographic"] as const),
  runs: 30,
  warmups: 1,
  intervalMs: 500,
  maxTokens: 200,
  temperature: 0.1,
  prompt: "Explain what cloud computing is in exactly 3 sentences.",
  timeoutMs: 300_000,
  measuredFrom: null,
});

/**
 * Validates options and fills in the defaults.
 * @throws {@link InvalidOptionsError}
 */
export function resolveLabOptions(given: Partial<LabOptions>, catalog: Catalog): LabOptions {
  const some = { least: 1, distinct: true };
  const read = object({
    models: optional(array(modelOf(catalog), some)),
    sourceRegions: optional(array(checkRegion, some)),
    kinds: optional(array(oneOf("global", "geographic", "in-region"), some)),
    runs: optional(number({ whole: true, least: 1, most: 10_000 })),
    warmups: optional(number({ whole: true, least: 0, most: 100 })),
    intervalMs: optional(number({ least: 0, most: 3_600_000 })),
    maxTokens: optional(number({ whole: true, least: 1, most: 1_000_000 })),
    temperature: optional(number({ least: 0, most: 1 })),
    timeoutMs: optional(number({ least: 1, most: 3_600_000 })),
    prompt: optional(text("a text that is not empty", /\S/, Number.POSITIVE_INFINITY)),
    measuredFrom: optional(either([null], checkRegion)),
  } satisfies Record<keyof LabOptions, Reader<unknown>>);
  return Object.freeze({ ...DEFAULT_LAB_OPTIONS, ...read(given, "lab") });
}

function modelOf(catalog: Catalog): Reader<string> {
  return (value, path) => {
    if (typeof value === "string" && catalog.models().includes(value)) return value;
    const ref = typeof value === "string" ? parseModelRef(value) : undefined;
    const guess = ref?.kind === "system-profile" ? JSON.stringify(ref.model) : guessOf(value, catalog.models());
    return refuse(path, "must be a foundation-model id of the profile table", value, guess);
  };
}
