import type { RouteEvidence } from "../types/evidence.ts";
import type { Prior } from "./prior.ts";

/** Live samples from which on the prior has no say any more. */
const MIN_SAMPLES = 10;

/**
 * Prompts differ more than the lab's, which are all alike: until it is known by how much, an answer is given the time that
 * prompts of many lengths would take.
 */
const MIXED_SIGMA = 0.5;

/** What is expected of a route's next time to first byte, in milliseconds. */
export interface ExpectedTtfb {
  /** What the route is ranked by: answers, and waits of attempts that were cut off. */
  readonly p50Ms: number;
  /** Of answers alone: how long one may take before it is late. */
  readonly answerP50Ms: number;
  readonly answerP75Ms: number;
  readonly answerP95Ms: number;
}

/**
 * The expected TTFB of a route. While there are fewer than ten live samples, the missing ones are filled in from the
 * prior (log-normal), so that one unlucky answer does not outweigh what is known beforehand.
 * @param level - see {@link workloadLevel}
 */
export function expectedTtfb(evidence: RouteEvidence | undefined, prior: Prior, level = 1): ExpectedTtfb {
  if (evidence !== undefined && evidence.answers >= MIN_SAMPLES) {
    const { p50Ms, answerP50Ms, answerP75Ms, answerP95Ms } = evidence;
    return { p50Ms, answerP50Ms, answerP75Ms, answerP95Ms };
  }
  const scaled = { ...prior, ttfbMs: scaledMs(prior, level) };
  const mixed = { ...scaled, sigma: Math.max(scaled.sigma, MIXED_SIGMA) };
  if (evidence === undefined || evidence.samples === 0) {
    const answerP50Ms = scaled.ttfbMs;
    const [answerP75Ms, answerP95Ms] = [priorQuantile(mixed, 0.75), priorQuantile(mixed, 0.95)];
    return { p50Ms: answerP50Ms, answerP50Ms, answerP75Ms, answerP95Ms };
  }
  const p50Ms = isRefuted(scaled, evidence) ? evidence.p50Ms : quantile(filled(evidence.fewSamples, scaled), 0.5);
  const answers = filled(evidence.fewAnswers, mixed);
  return {
    p50Ms,
    answerP50Ms: quantile(answers, 0.5),
    answerP75Ms: quantile(answers, 0.75),
    answerP95Ms: quantile(answers, 0.95),
  };
}

/** So few samples may show that a prior is wrong, if their median is so many times larger. */
const REFUTING = 2;
const REFUTED_AT = 1.3;

/**
 * Whether the prior has no say although there are fewer than ten samples: a route that several of them show to be slower
 * than this workload makes any route is so. A process that lives for twenty requests has no ten to spare for it. That a
 * route is faster must be shown by more: it would take over after two lucky answers.
 */
function isRefuted({ ttfbMs }: Prior, { samples, p50Ms }: RouteEvidence): boolean {
  return samples >= MIN_SAMPLES || (samples >= REFUTING && p50Ms > REFUTED_AT * ttfbMs);
}

/** Weight of the belief that a workload is like the lab's: after one answer a third, after two hardly any. */
const LEVEL_INERTIA = 0.5;
/** By how much one answer may be lucky, as a logarithm. */
const LUCK = 0.075;
/** Answers of a route that count in the mean over all of them. */
const COUNTED = 20;

/**
 * How many times longer than the priors this workload's answers take, whichever route gives them: a long prompt or a
 * model that thinks slows all routes alike. Of the routes that have answered, the one that is nearest to its prior
 * tells: what another one takes beyond that is its own. Few answers of it may be lucky, so that they count as a little
 * nearer to what all routes have shown.
 */
export function workloadLevel(
  measured: Iterable<readonly [evidence: RouteEvidence | undefined, prior: Prior]>,
): number {
  const shown: { readonly ratio: number; readonly answers: number }[] = [];
  for (const [evidence, prior] of measured) {
    if (evidence === undefined || evidence.answers === 0) continue;
    const modelMs = Math.max(1, evidence.answerP50Ms - networkOf(prior));
    const ratio = Math.log(modelMs / Math.max(1, prior.ttfbMs - networkOf(prior)));
    shown.push({ ratio, answers: Math.min(COUNTED, evidence.answers) });
  }
  const answers = shown.reduce((sum, route) => sum + route.answers, 0);
  if (answers === 0) return 1;
  const mean = shown.reduce((sum, route) => sum + route.ratio * route.answers, 0) / answers;
  const nearer = shown.map(({ ratio, answers: own }) => {
    const luck = LUCK / Math.sqrt(own);
    return ratio + Math.min(luck, Math.max(-luck, mean - ratio));
  });
  const least = nearer.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
  const weight = answers ** 2;
  return Math.exp((least * weight) / (weight + LEVEL_INERTIA));
}

/** The network does not wait for the model: its part stays. */
function scaledMs(prior: Prior, level: number): number {
  const networkMs = networkOf(prior);
  return Math.max(1, prior.ttfbMs - networkMs) * level + networkMs;
}

function networkOf({ networkMs = 0 }: Prior): number {
  return networkMs;
}

function filled(few: readonly number[], prior: Prior): readonly number[] {
  const missing = MIN_SAMPLES - few.length;
  const all = [...few];
  for (let index = 0; index < missing; index += 1) all.push(priorQuantile(prior, (index + 0.5) / missing));
  return all.sort((a, b) => a - b);
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
