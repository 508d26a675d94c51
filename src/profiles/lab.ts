/** One cell of the latency lab: a model, the Region that called it, and the kind of inference profile it called. */
export interface LabCell {
  readonly model: string;
  readonly sourceRegion: string;
  readonly kind: "global" | "geographic";
  /** The prefix of the inference profile that was called. */
  readonly geography: string;
  /** Median of the time to the first event of ConverseStream, in milliseconds. */
  readonly ttfbP50Ms: number;
  /** Median of the time to the end of the answer, in milliseconds. */
  readonly totalP50Ms: number;
  /** 95th percentile of the same; the lab published it for six cells. */
  readonly totalP95Ms?: number;
  /** 99th percentile of the same; the lab published it for eight cells. With 30 calls a cell, it is the slowest call. */
  readonly totalP99Ms?: number;
}

/** Where the figures come from and what was measured. */
export const labProvenance: {
  readonly source: string;
  readonly lastVerified: string;
  readonly method: string;
  readonly callsPerCell: number;
  readonly maxTokens: number;
} = Object.freeze({
  source: "chaosreload/aws-hands-on-lab, docs/ai-ml/bedrock-cross-region-inference-benchmark.md",
  lastVerified: "2026-04-12",
  method:
    "ConverseStream of one fixed short prompt, profiles called in turn, 500 ms apart, from an EC2 instance in the source Region",
  callsPerCell: 30,
  maxTokens: 200,
});

/** The cell of a model, source Region and kind of profile, or `undefined` where the lab measured none. */
export function labCell(model: string, sourceRegion: string, kind: "global" | "geographic"): LabCell | undefined {
  return CELLS.find((cell) => cell.model === model && cell.sourceRegion === sourceRegion && cell.kind === kind);
}

/**
 * Every cell of the latency lab. ap-southeast-1 has no geographic profile for either model, ap-southeast-2 none for
 * Nova 2 Lite.
 */
export function labCells(): readonly LabCell[] {
  return CELLS;
}

const CLAUDE = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";

const CELLS: readonly LabCell[] = Object.freeze([
  cell(CLAUDE, "us-east-1", "global", 822, 2509, 3491, 9653),
  cell(CLAUDE, "us-east-1", "us", 860, 2538, 2873, 3698),
  cell(CLAUDE, "us-west-2", "global", 881, 2554),
  cell(CLAUDE, "us-west-2", "us", 904, 2603),
  cell(CLAUDE, "eu-central-1", "global", 947, 2788),
  cell(CLAUDE, "eu-central-1", "eu", 766, 2473),
  cell(CLAUDE, "ap-northeast-1", "global", 988, 2710, 3516, 3539),
  cell(CLAUDE, "ap-northeast-1", "jp", 663, 2215, 2376, 2412),
  cell(CLAUDE, "ap-southeast-1", "global", 1020, 2806, undefined, 44508),
  cell(CLAUDE, "ap-southeast-2", "global", 1114, 2792),
  cell(CLAUDE, "ap-southeast-2", "au", 788, 2405),
  cell(NOVA, "us-east-1", "global", 390, 1184),
  cell(NOVA, "us-east-1", "us", 405, 1202),
  cell(NOVA, "us-west-2", "global", 344, 1167),
  cell(NOVA, "us-west-2", "us", 333, 1154),
  cell(NOVA, "eu-central-1", "global", 764, 1551, 1840, 1853),
  cell(NOVA, "eu-central-1", "eu", 379, 1214, 1420, 1434),
  cell(NOVA, "ap-northeast-1", "global", 673, 1494),
  cell(NOVA, "ap-northeast-1", "jp", 336, 1042),
  cell(NOVA, "ap-southeast-1", "global", 592, 1351, undefined, 182188),
  cell(NOVA, "ap-southeast-2", "global", 708, 1557),
]);

function cell(
  model: string,
  sourceRegion: string,
  geography: string,
  ttfbP50Ms: number,
  totalP50Ms: number,
  totalP95Ms?: number,
  totalP99Ms?: number,
): LabCell {
  return Object.freeze({
    model,
    sourceRegion,
    kind: geography === "global" ? "global" : "geographic",
    geography,
    ttfbP50Ms,
    totalP50Ms,
    ...(totalP95Ms === undefined ? {} : { totalP95Ms }),
    ...(totalP99Ms === undefined ? {} : { totalP99Ms }),
  });
}
