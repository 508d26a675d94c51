import type { RouteEvidence } from "../evidence.ts";
import type { Prior } from "./prior.ts";

/** Live samples from which on the prior has no say any more. */
const MIN_SAMPLES = 10;

/**
 * The expected median TTFB of a route in milliseconds. While there are fewer than ten live samples, the missing ones
 * are filled in from the prior (log-normal), so that one unlucky answer does not outweigh what is known beforehand.
 */
export function expectedTtfb(evidence: RouteEvidence, prior: Prior): number {
  if (evidence.samples >= MIN_SAMPLES) return evidence.p50Ms;
  if (evidence.samples === 0) return prior.ttfbMs;
  const missing = MIN_SAMPLES - evidence.samples;
  const filled = [...evidence.fewSamples];
  for (let index = 0; index < missing; index += 1) {
    filled.push(prior.ttfbMs * Math.exp(prior.sigma * normalQuantile((index + 0.5) / missing)));
  }
  filled.sort((a, b) => a - b);
  const middle = filled.length / 2;
  return ((filled[Math.floor(middle - 0.5)] ?? prior.ttfbMs) + (filled[Math.ceil(middle - 0.5)] ?? prior.ttfbMs)) / 2;
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
