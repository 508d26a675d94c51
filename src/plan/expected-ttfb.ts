import type { RouteEvidence } from "../types/evidence.ts";
import type { Prior } from "./prior.ts";

/** Live samples from which on the prior has no say any more. */
const MIN_SAMPLES = 10;

/** What is expected of a route's next time to first byte, in milliseconds. */
export interface ExpectedTtfb {
  readonly p50Ms: number;
  readonly p75Ms: number;
  readonly p95Ms: number;
}

/**
 * The expected TTFB of a route. While there are fewer than ten live samples, the missing ones are filled in from the
 * prior (log-normal), so that one unlucky answer does not outweigh what is known beforehand.
 */
export function expectedTtfb(evidence: RouteEvidence | undefined, prior: Prior): ExpectedTtfb {
  if (evidence === undefined || evidence.samples === 0) {
    return { p50Ms: prior.ttfbMs, p75Ms: priorQuantile(prior, 0.75), p95Ms: priorQuantile(prior, 0.95) };
  }
  if (evidence.samples >= MIN_SAMPLES) return evidence;
  const missing = MIN_SAMPLES - evidence.samples;
  const filled = [...evidence.fewSamples];
  for (let index = 0; index < missing; index += 1) filled.push(priorQuantile(prior, (index + 0.5) / missing));
  filled.sort((a, b) => a - b);
  return { p50Ms: quantile(filled, 0.5), p75Ms: quantile(filled, 0.75), p95Ms: quantile(filled, 0.95) };
}

function priorQuantile(prior: Prior, share: number): number {
  return prior.ttfbMs * Math.exp(prior.sigma * normalQuantile(share));
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
}

/**
 * Quantile of the standard normal distribution, good to 4.5e-4.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, formula 26.2.23
 */
function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  return ((0.010328 * t + 0.802853) * t + 2.515517) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1) - t;
}
