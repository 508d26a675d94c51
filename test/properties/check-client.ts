import type { RouteStats } from "../../src/statistics.ts";
import type { CaseRecord } from "./run-case.ts";

/** What must hold of a client over all of its requests. */
export function checkClient(
  records: readonly CaseRecord[],
  stats: readonly RouteStats[],
  violated: (rule: string, detail: string) => void,
): void {
  const seen = countEvents(records);
  for (const { route, workload, streaming, attempts, successes, failures, ttfb, total } of stats) {
    const key = `${route.key} ${workload} ${streaming}`;
    const counted = { attempts, succeeded: successes, ...failures };
    const expected = seen.get(key);
    seen.delete(key);
    if (JSON.stringify(withoutZeros(counted)) !== JSON.stringify(withoutZeros(expected ?? {}))) {
      violated("health counts every attempt once", `${key}: ${JSON.stringify({ counted, expected })}`);
    }
    // A stream that broke off later has a first byte too.
    if (total.count !== successes || ttfb.count < successes) {
      violated("health samples what succeeded", `${key}: ${ttfb.count} and ${total.count} of ${successes}`);
    }
  }
  for (const key of seen.keys()) violated("health counts every attempt once", `${key} is missing`);
  const inVain = records.reduce((sum, { result, granted }) => sum + (result?.succeeded ? 0 : granted), 0);
  const most = 10 + 0.1 * records.length;
  if (inVain > most) violated("the retry budget holds", `${inVain} retries in vain, ${most} allowed`);
}

type Counts = Record<string, number>;

function countEvents(records: readonly CaseRecord[]): Map<string, Counts> {
  const seen = new Map<string, Counts>();
  for (const { sends, events, slice } of records) {
    for (const [place, { route }] of sends.entries()) {
      const key = `${route.key} ${slice?.workload} ${slice?.streaming}`;
      const counts = seen.get(key) ?? noCounts();
      counts.attempts = (counts.attempts ?? 0) + 1;
      const outcome = events[place]?.outcome;
      if (outcome !== undefined) counts[outcome] = (counts[outcome] ?? 0) + 1;
      seen.set(key, counts);
    }
  }
  return seen;
}

function noCounts(): Counts {
  return { attempts: 0, succeeded: 0, throttled: 0, "invalid-route": 0, unavailable: 0, timeout: 0, cancelled: 0, rejected: 0 };
}

function withoutZeros(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
