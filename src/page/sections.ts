import type { RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import type { Candidate, Plan, Rejection } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { Percentiles, RouteStats, RoutingState } from "../types/statistics.ts";
import { withoutAccount } from "../util/arn.ts";
import { chartOption, routeName } from "./chart-option.ts";
import type { News, PageRecord } from "./record.ts";
import { escaped } from "./style.ts";

/** What the browser puts into the page: HTML that is escaped already, and options for charts. */
export interface PageData {
  readonly at: number;
  readonly facts: string;
  readonly waiting: string;
  /** The newest first. */
  readonly news: readonly News[];
  readonly models: readonly ModelData[];
}

/** One model. */
export interface ModelData {
  readonly model: string;
  readonly charts: { readonly ttfb: object; readonly total: object };
  readonly routes: string;
  readonly plan: string;
}

/** Everything that the page shows, as it stands now. */
export async function pageData(client: RoutedBedrockRuntimeClient, record: PageRecord, now: number): Promise<PageData> {
  const stats = record.window.stats();
  const state = client.routing.state();
  const { series } = record;
  const models = await Promise.all(
    record.models.toReversed().map(async (model): Promise<ModelData> => {
      const own = series.filter(({ route }) => route.model === model);
      return {
        model: withoutAccount(model),
        charts: { ttfb: chartOption(own, "ttfb", now), total: chartOption(own, "total", now) },
        routes: routesTable(
          stats.filter(({ route }) => route.model === model),
          state,
          now,
        ),
        plan: await planSection(client, model),
      };
    }),
  );
  return { at: now, facts: facts(record, stats, state), waiting: waiting(state, now), news: record.news, models };
}

function facts(record: PageRecord, stats: readonly RouteStats[], { cooldowns }: RoutingState): string {
  const { requests, failed, failovers, usd } = record.counts;
  const sum = (of: (stats: RouteStats) => number): number => stats.reduce((total, one) => total + of(one), 0);
  const backups = sum(({ backups: { started } }) => started);
  const won = sum(({ backups }) => backups.won);
  const unpriced = sum(({ cost }) => cost?.unpricedAnswers ?? 0);
  const list: readonly (readonly [string, string])[] = [
    [count(requests), "requests"],
    [count(failed), "failed"],
    [count(failovers), "failovers"],
    [`${won} of ${backups}`, "backups won"],
    [dollars(usd), unpriced === 0 ? "cost" : `cost, without ${count(unpriced)} answers of unknown price`],
    [count(cooldowns.length), "cooldowns"],
  ];
  return list.map(([value, name]) => `<li><b>${escaped(value)}</b>${escaped(name)}</li>`).join("");
}

function waiting({ cooldowns, budgets }: RoutingState, now: number): string {
  const rows = cooldowns.map(({ route, scope, family, until }) => [
    scope === "region" ? `every model in ${route.sourceRegion}` : `${withoutAccount(route.model)}, ${routeName(route)}`,
    family,
    duration(Math.max(0, until - now)),
  ]);
  const table = rows.length === 0 ? `<p class="note">No route waits.</p>` : tableOf(["Route", "Why", "For"], rows, [2]);
  const spent = Object.entries(budgets).filter(([, left]) => left < 1);
  const left = spent.map(([name, share]) => `${name} ${Math.round(share * 100)} %`).join(", ");
  return `${table}${left === "" ? "" : `<p class="note">Budgets left for further attempts: ${escaped(left)}</p>`}`;
}

function routesTable(stats: readonly RouteStats[], { cooldowns }: RoutingState, now: number): string {
  if (stats.length === 0) return `<p class="note">Nothing has ended in the last 15 minutes.</p>`;
  const busiest = stats.toSorted((a, b) => b.attempts - a.attempts);
  const rows = busiest.map((one) => {
    const { route, streaming, ttfb, total, attempts, backups, cost, tokens } = one;
    const cooling = cooldowns.find(
      (cooldown) => cooldown.route.key === route.key || isRegional(cooldown, route.sourceRegion),
    );
    const failures = Object.entries(one.failures).filter(([kind, times]) => times > 0 && kind !== "cancelled");
    return [
      `${routeName(route)}${streaming ? "" : ", not streamed"}${cooling === undefined ? "" : ` — waits ${duration(Math.max(0, cooling.until - now))}: ${cooling.family}`}`,
      count(attempts),
      failures.map(([kind, times]) => `${kind} ${times}`).join(", ") || "—",
      percentilesOf(ttfb),
      percentilesOf(total),
      backups.started === 0 ? "—" : `${backups.won} of ${backups.started}`,
      tokens === undefined
        ? "—"
        : `${count(tokens.input + tokens.cacheRead + tokens.cacheWrite)} / ${count(tokens.output)}`,
      cost?.usd === undefined ? "—" : dollars(cost.usd),
    ];
  });
  return tableOf(
    ["Route", "Attempts", "Failed", `TTFB${SPREAD}`, `Total${SPREAD}`, "Backups won", "Tokens in / out", "Cost"],
    rows,
    [1, 3, 4, 5, 6, 7],
  );
}

async function planSection({ routing }: RoutedBedrockRuntimeClient, model: string): Promise<string> {
  let plan: Plan;
  try {
    plan = await routing.plan(model);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "There is no plan";
    return `<p class="note">${escaped(reason.replaceAll(/:\d{12}:/g, "::"))}</p>`;
  }
  const { policy, candidates, rejections, remarks, homeRegion, catalog } = plan;
  const head = `From ${homeRegion}, policy ${policy.prefer}, residency ${policy.residency.label}; table ${catalog}`;
  return [
    `<p class="note">${escaped(head)}</p>`,
    ...remarks.map((remark) => `<p class="note">${escaped(remark)}</p>`),
    `<ol>${candidates.map(candidateItem).join("")}</ol>`,
    rejections.length === 0
      ? ""
      : `<p class="note">Not allowed, or not possible:</p><ul>${rejections.map(rejectionItem).join("")}</ul>`,
  ].join("");
}

function candidateItem({ route, reasons }: Candidate): string {
  return `<li><b>${escaped(nameWithId(route))}</b><ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join("")}</ul></li>`;
}

function rejectionItem({ route, reason, detail }: Rejection): string {
  return `<li>${escaped(`${nameWithId(route)}: ${reason}, ${detail}`)}</li>`;
}

function nameWithId({ modelId, sourceRegion }: Route): string {
  return `${withoutAccount(modelId)} from ${sourceRegion}`;
}

function isRegional({ route, scope }: RoutingState["cooldowns"][number], sourceRegion: string): boolean {
  return scope === "region" && route.sourceRegion === sourceRegion;
}

function percentilesOf({ count: samples, p50, p95, p99 }: Percentiles): string {
  return samples === 0 ? "—" : [p50, p95, p99].map((ms) => (ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)).join(" / ");
}

const SPREAD = ", s: P50 / P95 / P99";

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

function dollars(usd: number): string {
  return usd === 0 ? "$0" : `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function tableOf(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  figures: readonly number[],
): string {
  const classOf = (column: number): string => (figures.includes(column) ? ' class="figure"' : "");
  const head = headings.map((text, column) => `<th scope="col"${classOf(column)}>${escaped(text)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((text, column) => `<td${classOf(column)}>${escaped(text)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}
