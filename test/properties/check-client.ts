import type { RouteStats } from "../../src/types/statistics.ts";
import type { CaseRecord } from "./record.ts";

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
  checkBudgets(records, violated);
}

/** A tenth of what clients have: scenarios are short, and the budget must run out in some. */
export const RETRY_TOKENS = 50;

type Counts = Record<string, number>;

function countEvents(records: readonly CaseRecord[]): Map<string, Counts> {
  const seen = new Map<string, Counts>();
  for (const { sends, slice } of records) {
    for (const { route, end } of sends) {
      const key = `${route.key} ${slice?.workload} ${slice?.streaming}`;
      const counts = seen.get(key) ?? noCounts();
      counts.attempts = (counts.attempts ?? 0) + 1;
      const outcome = end?.event.outcome;
      if (outcome !== undefined) counts[outcome] = (counts[outcome] ?? 0) + 1;
      seen.set(key, counts);
    }
  }
  return seen;
}

function noCounts(): Counts {
  return {
    attempts: 0,
    succeeded: 0,
    throttled: 0,
    "invalid-route": 0,
    unavailable: 0,
    timeout: 0,
    cancelled: 0,
    rejected: 0,
  };
}

function withoutZeros(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** What was started in vain stays within what each budget starts with and earns. */
function checkBudgets(records: readonly CaseRecord[], violated: (rule: string, detail: string) => void): void {
  const requests = records.filter(({ result }) => result !== undefined);
  const sum = (cost: (record: CaseRecord) => number): number =>
    requests.reduce((total, record) => total + cost(record), 0);
  const retries = sum(({ result, retryTokens }) => (result?.succeeded ? 0 : retryTokens));
  const successes = sum(({ result, retryTokens }) => (result?.succeeded && retryTokens === 0 ? 1 : 0));
  const backups = sum((record) => Math.max(0, record.granted.backup - (record.winner?.announced === "backup" ? 1 : 0)));
  const hedges = sum(({ granted }) => granted.hedge);
  for (const [name, spent, most] of [
    ["retry", retries, RETRY_TOKENS + successes],
    ["backup", backups, 10 + 0.05 * requests.length],
    ["hedge", hedges, 5 + 0.05 * requests.length],
  ] as const) {
    if (spent > most) violated(`the ${name} budget holds`, `${spent} in vain, ${most} allowed`);
  }
}
