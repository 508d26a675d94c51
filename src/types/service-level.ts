/**
 * How a request asks to be served. Requests of different levels take different times on the same route by design, and
 * have prices of their own.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html
 */
export interface ServiceLevel {
  /** `flex`, `priority` or `reserved`; absent for the standard tier. */
  readonly serviceTier?: string;
  /** `optimized`; absent for standard latency. */
  readonly latency?: string;
}

/** A level from parts of any origin; what is standard by any of its names is left out. */
export function serviceLevel(serviceTier: unknown, latency: unknown): ServiceLevel {
  const isTier = typeof serviceTier === "string" && !STANDARD.has(serviceTier);
  const isLatency = typeof latency === "string" && latency !== "standard";
  if (!isTier && !isLatency) return NORMAL;
  return Object.freeze({ ...(isTier && { serviceTier }), ...(isLatency && { latency }) });
}

/** The name of a level, for keys; empty for the standard one. */
export function levelName({ serviceTier = "", latency = "" }: ServiceLevel): string {
  return serviceTier === "" && latency === "" ? "" : `${serviceTier}/${latency}`;
}

/** Whether the service answers such a request when it has nothing better to do. */
export function isQueued({ serviceTier }: ServiceLevel): boolean {
  return serviceTier === "flex";
}

/** `auto` is OpenAI's word for what the project has configured. */
const STANDARD: ReadonlySet<string> = new Set(["default", "standard", "auto", ""]);
const NORMAL: ServiceLevel = Object.freeze({});
