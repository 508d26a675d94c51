import type { Contender, Setting } from "../contender.ts";
import { MAX_ATTEMPTS } from "../contender.ts";
import { ruleOfTheLab } from "../regime.ts";
import type { RouteModel } from "../route-model.ts";
import { type Conduct, Executor } from "./executor.ts";
import { LowestLatency } from "./lowest-latency.ts";
import { PeakEwma } from "./peak-ewma.ts";
import { RoundRobin } from "./round-robin.ts";
import { SlidingWindowUcb } from "./sliding-window-ucb.ts";
import { StaticRule } from "./static-rule.ts";
import { leastOf, type Strategy } from "./strategy.ts";

type MakeStrategy = (setting: Setting, isProtected: boolean) => Strategy;

const UNPROTECTED: Conduct = { maxAttempts: MAX_ATTEMPTS, lateBackup: false, cooldown: false };
const PROTECTED: Conduct = { maxAttempts: MAX_ATTEMPTS, lateBackup: true, cooldown: true };
const PROTECTION = ", protected";

const ruled: MakeStrategy = ({ regime }) => new StaticRule(regime.routes, ruleOfTheLab(regime));

/** What applications do today, and what other routers do: each as it is, and with the protection of this library's kind. */
export const baselines: readonly Contender[] = [
  pinned("SDK retries only", ruleOfTheLab, { ...UNPROTECTED, maxAttempts: 3 }),
  ...withAndWithout((conduct, suffix) =>
    pinned(`always global${suffix}`, (regime) => firstOf(regime.routes, "global"), conduct),
  ),
  ...withAndWithout((conduct, suffix) =>
    pinned(`always geographic${suffix}`, (regime) => firstOf(regime.routes, "geographic"), conduct),
  ),
  ...choosing("static rule", ruled),
  ...choosing("round robin", ({ regime }) => new RoundRobin(regime.routes.length)),
  ...choosing("lowest latency (LiteLLM)", ({ regime, random }) => new LowestLatency(regime.routes, random)),
  ...choosing("peak-EWMA P2C", ({ regime, random }, isProtected) => new PeakEwma(regime.routes, random, isProtected)),
  ...choosing("sliding-window UCB", ({ regime }) => new SlidingWindowUcb(regime.routes)),
];

/** Knows the present state of every route, but neither the future nor the dice; has the same late backup. */
export const oracle: Contender = {
  name: "oracle",
  usesPromises: false,
  makeClient: (setting) => new Executor(setting, omniscience(setting), { ...PROTECTED, cooldown: false }),
};

function omniscience({ regime, environment }: Setting): Strategy {
  return {
    choose: (among, nowMs, _first, arrival) =>
      leastOf(
        among,
        (route) =>
          environment.expectedMs(route, nowMs, arrival) *
          regime.routes[route]!.relativePrice *
          environment.priceFactor(route, arrival, nowMs),
      ),
  };
}

function choosing(name: string, makeStrategy: MakeStrategy): Contender[] {
  return withAndWithout((conduct, suffix) => ({
    name: name + suffix,
    usesPromises: false,
    makeClient: (setting) => new Executor(setting, makeStrategy(setting, conduct === PROTECTED), conduct),
  }));
}

function pinned(name: string, routeOf: (regime: Setting["regime"]) => number, conduct: Conduct): Contender {
  return {
    name,
    usesPromises: false,
    makeClient: (setting) =>
      new Executor(setting, ruled(setting, false), { ...conduct, pinnedTo: routeOf(setting.regime) }),
  };
}

function withAndWithout(make: (conduct: Conduct, suffix: string) => Contender): Contender[] {
  return [make(UNPROTECTED, ""), make(PROTECTED, PROTECTION)];
}

function firstOf(routes: readonly RouteModel[], kind: RouteModel["kind"]): number {
  return Math.max(
    0,
    routes.findIndex((route) => route.kind === kind),
  );
}
