import { CLAUDE, NOVA } from "../lab-fit.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "../regime.ts";
import type { RouteModel } from "../route-model.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const FRANKFURT_NOVA = [NOVA, "eu-central-1"] as const;
const BOTH = ["geographic", "global"] as const;

/** Quotas: 2 requests a second on the geographic profile, 4 on the global one. */
export const throttling: readonly Regime[] = [
  throttled("3 throttling at 0.5×", 1),
  throttled("3 throttling at 1×", 2),
  throttled("3 throttling at 1.5×", 3),
  throttled("3 throttling at 3×", 6),
  throttled("3m throttling at 1.5×, 20 clients share the quota", 3, 20),
  labRegime("3h throttling at 3×, global unlimited", "3 throttling", TOKYO, {
    load: steady(6),
    routes: changed(labRoutes(...TOKYO), ["geographic"], { quota: { perSecond: 2, burst: 120 } }),
  }),
];

/** The geographic profile fails at once, or is silent. */
export const outages: readonly Regime[] = [
  labRegime("4a fast errors for 10 min", "4a fast errors", TOKYO, {
    routes: inTokyo(["geographic"], during({ outage: "errors" })),
    ...awayAndBack(),
  }),
  labRegime("4b black hole for 10 min", "4b/c black hole", TOKYO, {
    routes: inTokyo(["geographic"], during({ outage: "silence" })),
    ...awayAndBack(),
  }),
  labRegime("4c black hole for 5 min, 20 requests a second", "4b/c black hole", TOKYO, {
    load: steady(20, 15),
    routes: inTokyo(["geographic"], during({ outage: "silence" }, 5 * MINUTE, 10 * MINUTE)),
  }),
  labRegime("4d both routes silent for 2 min", "4d both silent", TOKYO, {
    routes: inTokyo(BOTH, during({ outage: "silence" }, 10 * MINUTE, 12 * MINUTE)),
  }),
];

/** Trouble that many requests meet at once. */
export const busyClients: readonly Regime[] = [
  labRegime("4e fast errors for 3 min, 50 requests a second", "4e busy client", TOKYO, {
    load: steady(50, 8),
    routes: inTokyo(["geographic"], during({ outage: "errors" }, 2 * MINUTE, 5 * MINUTE)),
  }),
  labRegime("4f both routes silent for 20 s, 50 requests a second", "4e busy client", TOKYO, {
    load: steady(50, 6),
    routes: inTokyo(BOTH, during({ outage: "silence" }, 3 * MINUTE, 3 * MINUTE + 20_000)),
  }),
  labRegime("4g one route after the other is silent, 50 requests a second", "4e busy client", TOKYO, {
    load: steady(50, 8),
    routes: labRoutes(...TOKYO).map((route) => ({
      ...route,
      ...(route.kind === "global"
        ? during({ outage: "silence" }, 4 * MINUTE, 6 * MINUTE)
        : during({ outage: "silence" }, 2 * MINUTE, 4 * MINUTE)),
    })),
  }),
];

/** Every tenth attempt hangs for a minute. */
export const grayFailures: readonly Regime[] = [
  gray("6 10 % hang 60 s for 10 min", TOKYO),
  gray("6b 10 % hang 60 s, Frankfurt Nova", FRANKFURT_NOVA),
  gray("6m 10 % hang 60 s, mixed prompts", TOKYO, 0.6),
];

/** Everything becomes four times slower. */
export const slowdowns: readonly Regime[] = [
  labRegime("10 everything ×4 for 10 min", "10 everything ×4", TOKYO, {
    routes: inTokyo(BOTH, during({ slowdown: 4 })),
  }),
  labRegime("10b everything ×4 for 5 min, 20 requests a second", "10 everything ×4", TOKYO, {
    load: steady(20, 15),
    routes: inTokyo(BOTH, during({ slowdown: 4 }, 5 * MINUTE, 10 * MINUTE)),
  }),
];

function throttled(name: string, requestsPerSecond: number, clients = 1): Regime {
  const [geographic, global] = labRoutes(...TOKYO);
  return labRegime(name, "3 throttling", TOKYO, {
    load: { kind: "steady", requestsPerSecond, durationMs: 30 * MINUTE, clients },
    routes: [
      { ...geographic!, quota: { perSecond: 2, burst: 20 } },
      { ...global!, quota: { perSecond: 4, burst: 40 } },
    ],
  });
}

function gray(name: string, cell: readonly [string, string], promptSigma = 0): Regime {
  return labRegime(name, "6 gray failure", cell, {
    promptSigma,
    routes: changed(labRoutes(...cell), ["geographic"], during({ hangs: { share: 0.1, ms: 60_000 } })),
  });
}

function inTokyo(kinds: readonly RouteModel["kind"][], change: Partial<RouteModel>): readonly RouteModel[] {
  return changed(labRoutes(...TOKYO), kinds, change);
}

function steady(requestsPerSecond: number, minutes = 30): Regime["load"] {
  return { kind: "steady", requestsPerSecond, durationMs: minutes * MINUTE, clients: 1 };
}

function awayAndBack(): Pick<Regime, "shifts"> {
  return {
    shifts: [
      { name: "away", atMs: 10 * MINUTE, to: "global" },
      { name: "back", atMs: 20 * MINUTE, to: "geographic" },
    ],
  };
}
