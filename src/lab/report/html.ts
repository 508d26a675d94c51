import type { LabResults } from "../results.ts";

export function htmlReport(results: LabResults): string {
  return `<!doctype html><title>${results.simulated ? "figures of the simulator" : "lab"}</title>`;
}
