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

/** So few samples may show that a prior is wrong, if their median is so many times larger or smaller. */
const REFUTING = 2;
const REFUTED_AT = 1.5;

/**
 * Whether the prior has no say although there are fewer than ten samples: what several of them contradict, at the level of
 * this workload, is no knowledge. A process that lives for twenty requests has no ten to spare for the wrong route.
 */
function isRefuted({ ttfbMs }: Prior, { samples, p50Ms }: RouteEvidence): boolean {
  if (samples >= MIN_SAMPLES) return true;
  return samples >= REFUTING && (p50Ms > REFUTED_AT * ttfbMs || p50Ms * REFUTED_AT < ttfbMs);
}

/** Answers that weigh as much as the belief that a workload is like the lab's. */
const LEVEL_INERTIA = 0.5;

/**
 * How many times longer than the priors this workload's answers take, whichever route gives them: a long prompt or a
 * model that thinks slows all routes alike. Of the routes that have answered, the one that is nearest to its prior
 * tells: what another one takes beyond that is its own.
 */
export function workloadLevel(
  measured: Iterable<readonly [evidence: RouteEvidence | undefined, prior: Prior]>,
): number {
  let least: number | undefined;
  let answers = 0;
  for (const [evidence, prior] of measured) {
    if (evidence === undefined || evidence.answers === 0) continue;
    const modelMs = Math.max(1, evidence.answerP50Ms - networkOf(prior));
    const ratio = Math.log(modelMs / Math.max(1, prior.ttfbMs - networkOf(prior)));
    if (least === undefined || Math.abs(ratio) < Math.abs(least)) least = ratio;
    answers += evidence.answers;
  }
  return Math.exp(((least ?? 0) * answers) / (answers + LEVEL_INERTIA));
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
