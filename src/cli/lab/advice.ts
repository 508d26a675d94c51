import { relativePrice } from "../../profiles/price-table.ts";
import { isAmerican } from "./findings.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import type { LabResults } from "./results.ts";
import { list, ms, percent, plural } from "./words.ts";

/** What to use in one situation, and why. */
export interface Advice {
  readonly scenario: string;
  readonly profile: string;
  readonly because: string;
  /** False for advice that rests on what AWS documents and not on these calls. */
  readonly measured: boolean;
}

/** The scenarios of the latency lab, decided by these results. A row appears only where there is data for it. */
export function adviceOf(results: Pick<LabResults, "cells" | "calls" | "missing">): readonly Advice[] {
  const pairs = pairsOf(results);
  const american = pairs.filter(({ other }) => isAmerican(other));
  const foreign = pairs.filter(({ other }) => !isAmerican(other));
  return Object.freeze([
    ...(american.length > 0 ? [latencyFirst("Calls from the US", american)] : []),
    ...(foreign.length > 0 ? [latencyFirst("Calls from elsewhere, latency first", foreign)] : []),
    ...(foreign.length > 0 ? [costFirst("Calls from elsewhere, cost first", foreign)] : []),
    ...onlyGlobal(results),
    ...(pairs.length > 0 ? [streaming(pairs)] : []),
    ...(pairs.length > 0
      ? [
          {
            scenario: "Many requests at once, greatest throughput",
            profile: "global",
            because: "AWS routes it over the largest pool of Regions. Not measured here: calls were made one at a time",
            measured: false,
          },
        ]
      : []),
  ]);
}

function latencyFirst(scenario: string, pairs: readonly Pair[]): Advice {
  const slower = pairs.filter(({ total, ttfb }) => isSlower(total) || isSlower(ttfb));
  if (slower.length === 0) {
    return {
      scenario,
      profile: "global",
      because: `in none of ${plural(pairs.length, "pair")} was it found to be slower${cheaper(pairs)}`,
      measured: true,
    };
  }
  const firstByte = slower.map(({ ttfb }) => ttfb.ms.value);
  const shares = slower.map(({ total }) => total.share.value);
  const other = pairs.filter((pair) => !slower.includes(pair));
  const rest =
    other.length === 0
      ? ""
      : `. No such difference for ${list(other.map(({ other: cell }) => `${cell.modelId} in ${cell.sourceRegion}`))}: global there`;
  return {
    scenario,
    profile: list([...new Set(slower.map(({ other: cell }) => cell.geography))]),
    because: `first byte ${between(firstByte, ms)} sooner, global takes ${between(shares, percent)} longer in all (medians of ${plural(slower.length, "pair")})${rest}`,
    measured: true,
  };
}

function costFirst(scenario: string, pairs: readonly Pair[]): Advice {
  const extra = pairs.map(({ total }) => total.ms.value);
  return {
    scenario,
    profile: "global",
    because: `it costs ${between(extra, ms)} of the total time (medians)${cheaper(pairs)}`,
    measured: true,
  };
}

function onlyGlobal({ cells, missing }: Pick<LabResults, "cells" | "missing">): readonly Advice[] {
  const lonely = missing.filter(
    ({ kind, model, sourceRegion }) =>
      kind === "geographic" &&
      cells.some((cell) => cell.kind === "global" && cell.model === model && cell.sourceRegion === sourceRegion),
  );
  if (lonely.length === 0) return [];
  return [
    {
      scenario: "No geographic profile can be called from the source Region",
      profile: "global",
      because: `the only one: ${list(lonely.map(({ model, sourceRegion }) => `${model} in ${sourceRegion}`))}`,
      measured: true,
    },
  ];
}

function streaming(pairs: readonly Pair[]): Advice {
  const sooner = pairs.filter(({ ttfb }) => isSlower(ttfb));
  const scenario = "Streaming, the first token counts";
  if (sooner.length === 0) {
    return {
      scenario,
      profile: "global",
      because: `no later first byte was found in ${plural(pairs.length, "pair")}${cheaper(pairs)}`,
      measured: true,
    };
  }
  return {
    scenario,
    profile: "geographic where global is slower",
    because: `the global profile's first byte takes ${between(
      sooner.map(({ ttfb }) => ttfb.share.value),
      percent,
    )} longer than that of ${list([...new Set(sooner.map(({ other }) => `${other.geography} (${other.sourceRegion})`))])}`,
    measured: true,
  };
}

function isSlower({ found, ms: apart }: Pair["ttfb"]): boolean {
  return found && apart.value > 0;
}

/** By the price table of this package. */
function cheaper(pairs: readonly Pair[]): string {
  const shares = pairs.map(
    ({ global, other }) => 1 - relativePrice(global.model, global) / relativePrice(other.model, other),
  );
  const text = between(shares, (share) => `${Math.round(share * 100)} %`);
  return shares.some((share) => share > 0.005) ? `, and its tokens cost ${text} less` : "";
}

function between(values: readonly number[], write: (value: number) => string): string {
  const [low, high] = [write(Math.min(...values)), write(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}
