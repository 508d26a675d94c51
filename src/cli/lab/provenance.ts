import { priceOf } from "../../profiles/price-table.ts";
import { CONFIDENCE, RESAMPLES } from "./bootstrap.ts";
import { usdOf } from "./estimate.ts";
import type { LabResults } from "./results.ts";
import { list, plural, usd } from "./words.ts";

/** Where the figures come from and how they were made: one sentence a line. */
export function provenance(results: LabResults): readonly string[] {
  const { method, measurements, cells, calls, simulated } = results;
  const counted = calls.filter(({ round }) => round > 0).length;
  const dates = measurements.flatMap(({ startedAt, finishedAt }) => [startedAt, finishedAt]).sort();
  const day = (text: string | undefined): string => (text ?? "").slice(0, 10);
  const span = day(dates[0]) === day(dates.at(-1)) ? day(dates[0]) : `${day(dates[0])} to ${day(dates.at(-1))}`;
  return [
    ...(simulated
      ? [
          "These are figures of the **simulator**, not of AWS: latencies drawn from distributions fitted to a latency lab of 2026-04-12.",
        ]
      : []),
    `${plural(counted, "counted call")} of ${plural(cells.length, "route")}, ${span}; ${calls.length - counted} warm-up calls apart.`,
    `${method.operation} of one fixed prompt, ${method.maxTokens} tokens at most, temperature ${method.temperature}; routes called in turn, ${method.intervalMs} ms apart, one exact route a call, no retries.`,
    "TTFB is the time from the start of the request to the first event of the stream; total is to its end.",
    `Intervals of ${CONFIDENCE * 100} % by bootstrap (${RESAMPLES} resamples): of twenty, one misses by chance.`,
    ...placeLines(results),
    ...measurements
      .filter(({ complete }) => !complete)
      .map(({ startedAt }) => `The run of ${startedAt} was stopped before its last call.`),
    ...costLine(results),
  ];
}

/** The distance to a source Region is part of its figures, unless the machine stood there. */
function placeLines({ cells }: LabResults): readonly string[] {
  const away = cells.filter(({ measuredFrom, sourceRegion }) => measuredFrom !== sourceRegion);
  if (away.length === 0) return [];
  const places = [...new Set(away.map(({ measuredFrom }) => measuredFrom ?? "an unknown place"))];
  return [
    `${plural(away.length, "route")} called from ${list(places)}: the network between there and the source Region is part of these figures. They compare profiles of one source Region, not source Regions with each other.`,
  ];
}

function costLine({ cells, calls, simulated }: LabResults): readonly string[] {
  if (simulated) return [];
  let cost = 0;
  let priced = 0;
  for (const call of calls) {
    const cell = cells[call.cell];
    const price = cell === undefined ? undefined : priceOf(cell.model, cell);
    if (price === undefined || call.inputTokens === undefined || call.outputTokens === undefined) continue;
    cost += usdOf(price, call.inputTokens, call.outputTokens);
    priced += 1;
  }
  return priced === 0 ? [] : [`${plural(priced, "call")} cost ${usd(cost)} by the price table of this package.`];
}
