import type { Regime } from "../regime.ts";
import { fleetRegimes } from "./fleets.ts";
import { singapore, stationary, steps } from "./steady.ts";
import { fourRoutes, mixtures, priors, shortLived } from "./surprises.ts";
import { busyClients, grayFailures, outages, slowdowns, throttling } from "./trouble.ts";
import { conversations, heldUp, scales, thinking, tiers } from "./user-worlds.ts";

/** The 58 regimes of one long-lived process with the lab's prompts, fitted to the latency lab. */
export const labRegimes: readonly Regime[] = [
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

/** The worlds that users live in beside those. */
export const userWorlds: readonly Regime[] = [
  ...busyClients,
  ...scales,
  ...heldUp,
  ...tiers,
  ...conversations,
  ...thinking,
];

/** What a fleet meets: rivals and the library alone know nothing of it. */
export { fleetRegimes };

export const allRegimes: readonly Regime[] = [...labRegimes, ...userWorlds];

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
  "13L Tokyo Claude ×4, Lambda",
  "14a frozen for 12 s, about 40 in flight",
  "15a a fifth of the requests on flex, ×8 slower, Frankfurt",
  "16b ten conversations, cached by the service",
];
