import type { Regime } from "../regime.ts";
import { singapore, stationary, steps } from "./steady.ts";
import { fourRoutes, mixtures, priors, shortLived } from "./surprises.ts";
import { grayFailures, outages, slowdowns, throttling } from "./trouble.ts";

/** The 58 regimes, fitted to the latency lab. */
export const allRegimes: readonly Regime[] = [
  ...stationary,
  ...steps,
  ...throttling,
  ...outages,
  ...singapore,
  ...grayFailures,
  ...priors,
  ...shortLived,
  ...mixtures,
  ...slowdowns,
  ...fourRoutes,
];

/** What `--quick` runs: one regime of each kind of trouble that fits into a few seconds. */
export const quickRegimes: readonly string[] = [
  "1 stationary Claude us-east-1",
  "2a geographic ×2 for 10 min, Tokyo Claude",
  "3 throttling at 1.5×",
  "4b black hole for 10 min",
  "5a Singapore Nova, one route",
  "6 10 % hang 60 s for 10 min",
  "7 priors swapped",
  "8c Lambda, geographic down, fast errors",
  "9a mixed prompts 0.7, Tokyo Claude",
  "12a four routes",
];
