import { alternativeTo, usdOf } from "../cost.ts";
import type { RouteTrack } from "../health/route-track.ts";
import type { DispatchTools } from "./attempt.ts";
import type { Trail, TrailEntry } from "./trail.ts";

/**
 * Counts the tokens of an answer and what it costs, in the statistics of its route; and the attempts that were made in
 * vain beside it, in those of theirs.
 */
export function settleUsage(entry: TrailEntry, trail: Trail, track: RouteTrack, tools: DispatchTools): void {
  const { route, usage, ttfbMs = 0, totalMs = 0 } = entry;
  const { health, priceOf = unknownPrice } = tools;
  const generationMs = track.slice.streaming ? totalMs - ttfbMs : totalMs;
  const usd = usdOf(usage, route, priceOf);
  const alternativeUsd = typeof usd === "string" ? undefined : alternativeTo(route, trail.plan, usage, priceOf)?.usd;
  track.usage.answered(usage, generationMs, usd, alternativeUsd);
  if (trail.attempts === 1) return;
  for (const extra of trail.extras(entry)) {
    health.track(extra.route, track.slice).usage.extra(usage, usdOf(usage, extra.route, priceOf));
  }
}

function unknownPrice(): undefined {
  return undefined;
}
