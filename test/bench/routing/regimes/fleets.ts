import { CLAUDE } from "../lab-fit.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "../regime.ts";
import type { RouteEvent, RouteModel } from "../route-model.ts";
import { shortLived } from "./surprises.ts";
import { throttling } from "./trouble.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const BOTH = ["geographic", "global"] as const;
const FOREVER: readonly [number, number] = [0, Number.POSITIVE_INFINITY];
const FIVE_OF_TWELVE: readonly [number, number] = [5 * MINUTE, 10 * MINUTE];

/** 200 processes for twelve minutes; trouble from the fifth to the tenth. */
export const pods: readonly Regime[] = [
  podRegime("F1 200 pods, both quotas shared at 1.5×", quotas(13.3, 26.7), { perSecond: 20 }),
  podRegime("F1c 200 pods, both quotas 90 % used", quotas(9, 13.2)),
  podRegime("F2 200 pods, geographic ×2 for 5 min", troubled({ slowdown: 2 })),
  podRegime("F3 200 pods, black hole for 5 min", troubled({ outage: "silence" })),
  podRegime("F3e 200 pods, fast errors for 5 min", troubled({ outage: "errors" })),
  podRegime("F4 200 pods, 10 % hang 60 s for 5 min", troubled({ hangs: { share: 0.1, ms: 60_000 } })),
  podRegime("F5 200 pods, both routes congest over 12 a second", congesting()),
  podRegime("F6 200 pods, calm", labRoutes(...TOKYO)),
];

/** 1 000 processes that live for ten requests, one every eight seconds. */
export const functions: readonly Regime[] = [
  lambda("L0 1000 short lives, calm", labRoutes(...TOKYO)),
  lambda("L1 1000 short lives, geographic ×2", troubled({ slowdown: 2 }, FOREVER)),
  lambda("L2 1000 short lives, fast errors", troubled({ outage: "errors" }, FOREVER)),
  lambda("L3 1000 short lives, black hole", troubled({ outage: "silence" }, FOREVER)),
  lambda("L4 1000 short lives, both quotas shared at 1.5×", quotas(33, 67)),
];

/** The store is gone when the trouble begins, or clocks are apart. */
export const storeTrouble: readonly Regime[] = [
  { ...named("F3"), name: "F3o black hole while the store is gone", store: { goneFromMs: 280_000, goneToMs: 420_000 } },
  { ...named("F3e"), name: "F3eo errors while the store is gone", store: { goneFromMs: 280_000, goneToMs: 420_000 } },
  { ...named("F3"), name: "F3s black hole, clocks an hour apart", store: { skewMs: 3_600_000 } },
].map((regime) => ({ ...regime, group: "FS store out of order" }));

/** Regimes of many processes that the library alone is judged by, too. */
const known = [...throttling, ...shortLived].filter(({ name }) => /^(3m|8[bcf]) /.test(name));

export const fleetRegimes: readonly Regime[] = [...pods, ...functions, ...known, ...storeTrouble];

function named(start: string): Regime {
  const regime = pods.find(({ name }) => name.startsWith(`${start} `));
  if (regime === undefined) throw new RangeError(`No regime ${start}`);
  return regime;
}

function podRegime(name: string, routes: readonly RouteModel[], { perSecond = 20 } = {}): Regime {
  return labRegime(name, "F fleets of pods", TOKYO, {
    load: { kind: "steady", requestsPerSecond: perSecond, durationMs: 12 * MINUTE, clients: 200 },
    routes,
  });
}

function lambda(name: string, routes: readonly RouteModel[]): Regime {
  return labRegime(name, "L fleets of functions", TOKYO, {
    load: { kind: "short-lived", clients: 1_000, requestsEach: 10, meanGapMs: 8_000, startWithinMs: 2 * MINUTE },
    routes,
  });
}

function troubled(
  event: Omit<RouteEvent, "fromMs" | "toMs">,
  [fromMs, toMs]: readonly [number, number] = FIVE_OF_TWELVE,
): readonly RouteModel[] {
  return changed(labRoutes(...TOKYO), ["geographic"], during(event, fromMs, toMs));
}

/** Requests a second that each route answers; ten seconds of them can be saved up. */
function quotas(geographic: number, global: number): readonly RouteModel[] {
  return labRoutes(...TOKYO).map((route) => {
    const perSecond = route.kind === "geographic" ? geographic : global;
    return { ...route, quota: { perSecond, burst: 10 * perSecond } };
  });
}

/** Assumed: whether profiles slow down under one account's load is not known. */
function congesting(): readonly RouteModel[] {
  return changed(labRoutes(...TOKYO), BOTH, { congestion: { knee: 12, slope: 1.5 } });
}
