import type { Colors } from "picocolors/types.js";
import type { Plan } from "../types/plan.ts";

/** A plan as text for a person: the routes in the order in which they would be tried, then what was rejected and why. */
export function renderPlan(plan: Plan, colors: Colors): string {
  const { policy } = plan;
  const weight = policy.prefer === "latency" ? `, price weight ${policy.priceWeight}` : "";
  const lines = [
    colors.bold(`${plan.model} from ${plan.homeRegion}`),
    colors.dim(`policy ${policy.prefer}${weight}; residency ${policy.residency.label}; table ${plan.catalog}`),
    "",
  ];
  if (plan.candidates.length === 0) lines.push(colors.red("No route is left."));
  plan.candidates.forEach(({ route, reasons }, index) => {
    lines.push(`${colors.green(`${index + 1}. ${route.modelId}`)}  ${route.kind}, called in ${route.sourceRegion}`);
    lines.push(`   may run in ${where(route.destinationRegions)}`);
    for (const reason of reasons) lines.push(colors.dim(`   ${reason}`));
  });
  if (plan.rejections.length > 0) lines.push("", "Rejected:");
  for (const { route, reason, detail } of plan.rejections) {
    // What cannot be called from any source Region belongs to none.
    const from =
      route.sourceRegion === plan.homeRegion || reason === "not-a-source-region" ? "" : ` from ${route.sourceRegion}`;
    lines.push(`${colors.yellow(`- ${route.modelId}`)}${from}  ${reason}: ${detail}`);
  }
  if (plan.remarks.length > 0) lines.push("", ...plan.remarks.map((remark) => colors.yellow(`Note: ${remark}`)));
  return `${lines.join("\n")}\n`;
}

function where(regions: readonly string[]): string {
  if (regions.includes("*")) return "any commercial Region";
  return regions.includes("unknown") ? "Regions that AWS does not document" : regions.join(", ");
}
