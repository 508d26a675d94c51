import { createHash } from "node:crypto";
import { FAMILIES, type FailureFamily } from "../../types/failure-family.ts";
import type { SharedCooldown } from "./fleet.ts";

/** The version of everything below. Another one has other keys: old and new processes run beside each other. */
const VERSION = "brc1";
/** What is counted together. */
export const COUNT_MS = 10_000;
/** Counts of requests are told by half of that: quotas are learned from them. */
export const HALF_MS: number = COUNT_MS / 2;
/** A hash with more fields was not written by this library. */
const MOST_FIELDS = 4_096;
const LARGEST_COUNT = 1_000_000;
/** A cooldown that is said to last longer is believed for so long. */
const LONGEST_COOLDOWN_MS = 60_000;
/** Clocks within a round trip agree; what lies further ahead is no fact. */
const AHEAD_MS = 5_000;

/** Times are told in steps of 5 %, from 1 ms to 10 minutes. */
const STEP = 0.05;
const LAST_BUCKET: number = Math.round(Math.log(600_000) / STEP);

export function bucketOf(ms: number): number {
  return Math.min(LAST_BUCKET, Math.max(0, Math.round(Math.log(Math.max(1, ms)) / STEP)));
}

export function bucketMs(bucket: number): number {
  return Math.exp(bucket * STEP);
}

/** The keys of a model: one for each ten seconds of counts, and one for facts. The hash tag keeps them in one slot. */
export interface FleetKeys {
  counts(index: number): string;
  readonly facts: string;
}

/** A model is named as AWS names it; an ARN, which names an account, never is. */
export function fleetKeys(namespace: string, model: string): FleetKeys {
  const name = /^[\w.:-]{1,100}$/.test(model) && !model.startsWith("arn:") ? model : digest(namespace, model, 12);
  const prefix = `${VERSION}:{${namespace}/${name}}`;
  return { counts: (index) => `${prefix}:w:${index}`, facts: `${prefix}:f` };
}

/** What a route or a slice is called in fields: nobody reads names, workloads or ARNs from it. */
export function fieldName(namespace: string, name: string, length: number): string {
  return digest(namespace, name, length);
}

export const ROUTE_LENGTH = 6;
export const SLICE_LENGTH = 5;

function digest(namespace: string, name: string, length: number): string {
  return createHash("sha256").update(`${namespace}\n${name}`).digest("base64url").slice(0, length);
}

/** What is counted of a route: requests that wanted it, answers, throttles. */
export type CountKind = "wanted" | "answered" | "throttled";
const COUNT_LETTERS: Readonly<Record<CountKind, string>> = { wanted: "?", answered: "+", throttled: "!" };
const COUNT_KINDS: Readonly<Record<string, CountKind>> = { "?": "wanted", "+": "answered", "!": "throttled" };

export function countField(route: string, kind: CountKind, half: number | "*"): string {
  return `${route}${COUNT_LETTERS[kind]}${half}`;
}

export function sampleField(route: string, slice: string, kind: "answer" | "wait", ms: number): string {
  return `${route}${slice}${kind === "answer" ? "t" : "k"}${bucketOf(ms)}`;
}

export function strikeField(route: string): string {
  return `${route}x`;
}

/** A field of counts. */
export type CountedField =
  | { readonly route: string; readonly kind: CountKind; readonly half: number }
  | { readonly route: string; readonly kind: "strike" }
  | { readonly route: string; readonly kind: "answer" | "wait"; readonly slice: string; readonly bucket: number };

const COUNTED = /^([\w-]{6})(?:([?+!])([01])|(x)|([\w-]{5})([tk])(\d{1,3}))$/;

function countedField(field: string): CountedField | undefined {
  const [, route, kind, half, strike, slice, sample, bucket] = COUNTED.exec(field) ?? [];
  if (route === undefined) return undefined;
  if (kind !== undefined) return { route, kind: COUNT_KINDS[kind] ?? "wanted", half: Number(half) };
  if (strike !== undefined) return { route, kind: "strike" };
  if (slice === undefined || Number(bucket) > LAST_BUCKET) return undefined;
  return { route, kind: sample === "t" ? "answer" : "wait", slice, bucket: Number(bucket) };
}

/**
 * The counts of a hash, of these routes alone. Anything may stand in a store: what is no count is left out, and a hash that is
 * too large has none.
 */
export function readCounts(
  hash: Readonly<Record<string, string>>,
  routes: ReadonlySet<string>,
): ReadonlyMap<string, readonly [field: CountedField, count: number]> {
  const counts = new Map<string, readonly [CountedField, number]>();
  const names = Object.keys(hash);
  if (names.length > MOST_FIELDS) return counts;
  for (const name of names) {
    if (!routes.has(name.slice(0, ROUTE_LENGTH))) continue;
    const count = numberIn(hash[name], LARGEST_COUNT);
    const field = count === undefined ? undefined : countedField(name);
    if (field !== undefined && count !== undefined) counts.set(name, [field, count]);
  }
  return counts;
}

export function cooldownField(route: string): string {
  return `${route}c`;
}

/** The route has answered after its cooldown. */
export function recoveryField(route: string): string {
  return `${route}o`;
}

export function cooldownText(atMs: number, { forMs, times, family }: SharedCooldown): string {
  return `${Math.round(atMs)},${Math.round(atMs + forMs)},${times},${family}`;
}

/** A cooldown of the fleet. Times are those of the engine's clock. */
export interface FleetCooldown {
  readonly atMs: number;
  readonly untilMs: number;
  readonly times: number;
  readonly family: FailureFamily;
}

/** @returns undefined for what is none, or what no process would tell others */
export function readCooldown(text: string | undefined, nowMs: number): FleetCooldown | undefined {
  const [, at, until, times, family = ""] = /^(\d{1,15}),(\d{1,15}),(\d{1,2}),([a-z-]{1,32})$/.exec(text ?? "") ?? [];
  const [atMs, untilMs] = [Number(at), Math.min(Number(until), nowMs + LONGEST_COOLDOWN_MS)];
  if (!(atMs <= nowMs + AHEAD_MS) || !(untilMs > atMs) || !Object.hasOwn(FAMILIES, family)) return undefined;
  const { kind, cooldown } = FAMILIES[family as FailureFamily];
  if (cooldown !== "moment" || (kind !== "unavailable" && kind !== "timeout")) return undefined;
  return { atMs, untilMs, times: Math.max(1, Number(times)), family: family as FailureFamily };
}

/** A moment in the past; undefined for anything else. */
export function readTime(text: string | undefined, nowMs: number): number | undefined {
  const atMs = numberIn(text, Number.MAX_SAFE_INTEGER);
  return atMs !== undefined && atMs <= nowMs + AHEAD_MS ? atMs : undefined;
}

function numberIn(text: unknown, largest: number): number | undefined {
  if (typeof text !== "string" || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= largest ? value : undefined;
}
