import { labCell } from "../../../src/profiles/lab.ts";
import type { RouteModel, Tail } from "./route-model.ts";

export const CLAUDE = "anthropic.claude-sonnet-4-6";
export const NOVA = "amazon.nova-2-lite-v1:0";

/** Where a route of the latency lab was called, and how. */
export interface LabRoute {
  readonly model: string;
  readonly sourceRegion: string;
  readonly kind: "global" | "geographic";
  /** Round trip from a remote home Region; the prior knows it as well. */
  readonly rttMs?: number;
}

/**
 * A route fitted to a cell of the latency lab; undefined where the lab measured none. The median is the lab's. Where it
 * published the 95th percentile of the total, the whole excess over the median is put on the time to first byte, which
 * makes it noisier than it is. Its 99th percentiles are single calls: tails are models that reproduce them.
 */
export function fitToLab({ model, sourceRegion, kind, rttMs = 0 }: LabRoute): RouteModel | undefined {
  const cell = labCell(model, sourceRegion, kind);
  if (cell === undefined) return undefined;
  const { ttfbP50Ms, totalP50Ms, totalP95Ms } = cell;
  const usual = USUAL[kind];
  const fitted = TAILS[`${model} ${sourceRegion} ${kind}`];
  const sigma =
    totalP95Ms === undefined
      ? usual.sigma
      : Math.log((ttfbP50Ms + totalP95Ms - totalP50Ms) / ttfbP50Ms) / STANDARD_NORMAL_P95;
  return {
    sourceRegion,
    modelId: `${cell.geography}.${model}`,
    kind,
    relativePrice: kind === "global" ? 1 : REGIONAL_PRICE,
    p50Ms: ttfbP50Ms,
    sigma: fitted?.bodySigma ?? sigma,
    tail: { ...usual.tail, ...fitted?.tail },
    rttMs,
    events: [],
    prior: { ttfbMs: ttfbP50Ms + rttMs, sigma: kind === "global" ? 0.3 : 0.25 },
  };
}

/** AWS sells global inference about 10 % cheaper. */
export const REGIONAL_PRICE = 1.1;

const STANDARD_NORMAL_P95 = 1.645;

const USUAL: Readonly<Record<LabRoute["kind"], { readonly sigma: number; readonly tail: Tail }>> = {
  global: { sigma: 0.35, tail: { share: 0.005, medianMs: 8_000, sigma: 0.5 } },
  geographic: { sigma: 0.2, tail: { share: 0.003, medianMs: 3_000, sigma: 0.5 } },
};

/** Where the lab shows a tail, or shows that there is hardly one. */
const TAILS: Readonly<Record<string, { readonly bodySigma?: number; readonly tail: Partial<Tail> }>> = {
  [`${CLAUDE} us-east-1 global`]: { bodySigma: 0.4, tail: { share: 0.015, medianMs: 7_966, sigma: 0.25 } },
  [`${CLAUDE} us-east-1 geographic`]: { tail: { share: 0.01, medianMs: 2_020, sigma: 0.25 } },
  [`${CLAUDE} ap-northeast-1 global`]: { tail: { share: 0.002, medianMs: 5_000 } },
  [`${CLAUDE} ap-northeast-1 geographic`]: { tail: { share: 0.002, medianMs: 3_000 } },
  [`${NOVA} eu-central-1 global`]: { tail: { share: 0.002, medianMs: 5_000 } },
  [`${NOVA} eu-central-1 geographic`]: { tail: { share: 0.002, medianMs: 3_000 } },
  [`${CLAUDE} ap-southeast-1 global`]: { tail: { share: 0.02, medianMs: 42_722, sigma: 0.3 } },
  [`${NOVA} ap-southeast-1 global`]: { tail: { share: 0.02, medianMs: 181_429, sigma: 0.3 } },
};
