import { checkRegion } from "../../options/check-region.ts";
import { refuseUnknownKeys } from "../../options/refuse-unknown-keys.ts";
import type { Catalog } from "../../profiles/catalog.ts";
import { parseModelRef } from "../../profiles/model-ref.ts";
import { InvalidOptionsError } from "../../types/errors.ts";
import type { RouteKind } from "../../types/route.ts";
import { nearest } from "../../util/nearest.ts";
import { received } from "../../util/received.ts";

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
  refuseUnknownKeys(given, Object.keys(DEFAULT_LAB_OPTIONS), "lab");
  const options = { ...DEFAULT_LAB_OPTIONS, ...given };
  checkList(options.models, "lab.models");
  options.models.forEach((model, index) => {
    checkModel(model, catalog, `lab.models[${index}]`);
  });
  checkList(options.sourceRegions, "lab.sourceRegions");
  options.sourceRegions.forEach((region, index) => {
    checkRegion(region, `lab.sourceRegions[${index}]`);
  });
  checkList(options.kinds, "lab.kinds");
  options.kinds.forEach((kind, index) => {
    if (!KINDS.includes(kind)) fail(`lab.kinds[${index}]`, `must be ${KINDS.join(", ")}`, kind);
  });
  checkWhole(options.runs, "lab.runs", 1, 10_000);
  checkWhole(options.warmups, "lab.warmups", 0, 100);
  checkNumber(options.intervalMs, "lab.intervalMs", 0, 3_600_000);
  checkWhole(options.maxTokens, "lab.maxTokens", 1, 1_000_000);
  checkNumber(options.temperature, "lab.temperature", 0, 1);
  checkNumber(options.timeoutMs, "lab.timeoutMs", 1, 3_600_000);
  if (typeof options.prompt !== "string" || options.prompt.trim() === "") {
    throw new InvalidOptionsError("lab.prompt", "must be a text that is not empty");
  }
  if (options.measuredFrom !== null) checkRegion(options.measuredFrom, "lab.measuredFrom");
  return Object.freeze(options);
}

const KINDS: readonly LabKind[] = ["global", "geographic", "in-region"];

function checkModel(model: unknown, catalog: Catalog, path: string): void {
  if (typeof model === "string" && catalog.models().includes(model)) return;
  const ref = typeof model === "string" ? parseModelRef(model) : undefined;
  const bare = ref?.kind === "system-profile" ? ref.model : undefined;
  const guess = typeof model === "string" ? (bare ?? nearest(model, catalog.models())) : undefined;
  const hint = guess === undefined ? "" : ` (did you mean ${JSON.stringify(guess)}?)`;
  throw new InvalidOptionsError(path, "must be a foundation-model id of the profile table", received(model) + hint);
}

function checkList(value: unknown, path: string): void {
  if (!Array.isArray(value) || value.length === 0) fail(path, "must be a list that is not empty", value);
  const list = value as readonly unknown[];
  const repeated = list.findIndex((item, index) => list.indexOf(item) < index);
  if (repeated >= 0) fail(`${path}[${repeated}]`, "must not be given twice", list[repeated]);
}

function checkWhole(value: unknown, path: string, from: number, to: number): void {
  if (!Number.isInteger(value)) fail(path, `must be a whole number from ${from} to ${to}`, value);
  checkNumber(value, path, from, to);
}

function checkNumber(value: unknown, path: string, from: number, to: number): void {
  if (typeof value === "number" && value >= from && value <= to) return;
  fail(path, `must be a number from ${from} to ${to}`, value);
}

function fail(path: string, expectation: string, value: unknown): never {
  throw new InvalidOptionsError(path, expectation, received(value));
}
