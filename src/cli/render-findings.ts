import type { Colors } from "picocolors/types.js";
import { priceOf } from "../profiles/price-table.ts";
import type { Route } from "../types/route.ts";
import { type Finding, type FindingStatus, TOKENS } from "./doctor/examine-route.ts";

/** The findings as text for a person; routes with the same trouble share its explanation. */
export function renderFindings(findings: readonly Finding[], notes: readonly string[], colors: Colors): string {
  const lines: string[] = [];
  for (const group of groupsOf(findings)) {
    for (const { route, status, latencyMs, family } of group) {
      const detail = latencyMs === undefined ? ` (${family})` : ` in ${Math.round(latencyMs)} ms`;
      lines.push(`${PAINT[status](colors)(status)}${detail}  ${route.modelId} from ${route.sourceRegion}`);
    }
    const [{ why, cure, error } = {}] = group;
    const quotas = [...new Set(group.flatMap(({ quota }) => quota ?? []))];
    if (why !== undefined) lines.push(`  why   ${why}`);
    for (const quota of quotas) lines.push(`  quota ${quota}`);
    if (cure !== undefined) lines.push(`  cure  ${cure}`);
    if (error !== undefined) lines.push(colors.dim(`  said  ${error.name}: ${error.message}`));
  }
  const count = (wanted: FindingStatus): number => findings.filter(({ status }) => status === wanted).length;
  const reached = count("reached") === 0 ? "" : `, ${count("reached")} more were reached`;
  lines.push("", `${count("usable")} of ${findings.length} routes answered${reached}.`);
  for (const note of notes) lines.push(colors.dim(`note: ${note}`));
  return `${lines.join("\n")}\n`;
}

/** What the examination will send and what that costs at most, as far as prices are known. */
export function renderCost(routes: readonly Route[]): string {
  const costs = routes.map((route) => priceOf(route.model, route));
  const known = costs.flatMap((price) =>
    price === undefined
      ? []
      : [(INPUT_TOKENS * price.usdPerMillionInputTokens + MOST_OUTPUT_TOKENS * price.usdPerMillionOutputTokens) / 1e6],
  );
  const unknown = routes.length - known.length;
  const total = known.reduce((sum, cost) => sum + cost, 0);
  const sum = known.length === 0 ? "" : `, at most about ${total.toFixed(5)} USD at list prices`;
  const rest = unknown === 0 ? "" : ` (${unknown} of them at a price that is not in the price table)`;
  const requests = `${routes.length} ${routes.length === 1 ? "request" : "requests"}`;
  return `This sends ${requests} of one token to Amazon Bedrock${sum}${rest}:\n${routes
    .map(({ modelId, sourceRegion }) => `  ${modelId} from ${sourceRegion}\n`)
    .join("")}`;
}

/** "Hi" with what chat templates put around it, generously; tried twice where a model wants more than one output token. */
const INPUT_TOKENS = 2 * 20;
const MOST_OUTPUT_TOKENS = TOKENS.first + TOKENS.second;

const PAINT: Readonly<Record<FindingStatus, (colors: Colors) => (text: string) => string>> = {
  usable: ({ green }) => green,
  reached: ({ green }) => green,
  throttled: ({ yellow }) => yellow,
  refused: ({ red }) => red,
  failed: ({ red }) => red,
};

function groupsOf(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = finding.why === undefined ? "fine" : `${finding.status} ${finding.why} ${finding.cure}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}
