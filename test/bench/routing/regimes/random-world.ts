import { REGIONAL_PRICE } from "../lab-fit.ts";
import { Sequence } from "../luck.ts";
import { MINUTE, type Regime, scaled } from "../regime.ts";
import type { RouteEvent, RouteModel } from "../route-model.ts";

const MODEL = "amazon.made-up-v1:0";
const HOME = "eu-central-1";
const REMOTES = ["eu-west-1", "eu-north-1"] as const;

/** A world that nobody has thought of: two to four routes, any load, and up to four events. */
export function randomWorld(seed: number): Regime {
  const luck = new Sequence(seed, 7);
  const count = luck.chance(0.6) ? 2 : luck.chance(0.5) ? 3 : 4;
  const baseMs = luck.scaleBetween(300, 1_500);
  const requestsPerSecond = luck.scaleBetween(0.05, 20);
  const durationMs = Math.min(360 * MINUTE, Math.max(20 * MINUTE, (4_000 / requestsPerSecond) * 1_000));
  const bodies = Array.from({ length: count }, (_, place) => routeAt(place, baseMs, luck));
  const informed = bodies.map((route) => ({ ...route, prior: priorOf(route, baseMs, luck) }));
  const limited = luck.chance(0.3);
  const routes = informed.map((route) => {
    if (!limited || !luck.chance(0.7)) return route;
    const perSecond = requestsPerSecond * luck.between(0.4, 1.5);
    return { ...route, quota: { perSecond, burst: Math.max(2, perSecond * luck.between(10, 60)) } };
  });
  const events: RouteEvent[][] = routes.map(() => []);
  for (let left = Math.floor(luck.between(0, 5)); left > 0; left -= 1) {
    const event = eventIn(durationMs, luck);
    const everywhere = luck.chance(0.1) && event.slowdown !== undefined;
    const hit = Math.floor(luck.next() * count);
    for (const [place, list] of events.entries()) if (everywhere || place === hit) list.push(event);
  }
  // Drawn last, so that a world's routes and events are those of its seed whatever else is drawn.
  const scale = luck.chance(0.5) ? luck.scaleBetween(0.1, 10) : 1;
  const short = luck.chance(0.3);
  const requestsEach = Math.round(luck.scaleBetween(10, 200));
  const clients = Math.max(5, Math.round(4_000 / requestsEach));
  const pauses = Array.from({ length: luck.chance(0.3) ? 1 + Math.floor(luck.between(0, 3)) : 0 }, () => ({
    atMs: luck.between(0.05, 0.95) * durationMs,
    forMs: luck.scaleBetween(1_000, 30_000),
  }));
  return {
    name: `world ${seed}`,
    group: "random worlds",
    model: MODEL,
    homeRegion: HOME,
    sourceRegions: REMOTES.slice(0, count - 2),
    routes: scaled(
      routes.map((route, place) => ({ ...route, events: events[place] ?? [] })),
      scale,
    ),
    profiles: "made-up",
    priors: "given",
    load: short
      ? {
          kind: "short-lived",
          clients,
          requestsEach,
          meanGapMs: Math.min(30_000, 1_000 / requestsPerSecond),
          startWithinMs: durationMs * 0.8,
        }
      : { kind: "steady", requestsPerSecond, durationMs, clients: 1 },
    ...(pauses.length > 0 && { pauses }),
    promptSigma: luck.chance(0.6) ? luck.between(0.2, 0.8) : 0,
    ...(luck.chance(0.5) && {
      drift: { sigma: luck.between(0.03, 0.2), tauMs: luck.scaleBetween(MINUTE, 15 * MINUTE) },
    }),
    shifts: [],
  };
}

/** The geographic profile, the global one, then the geographic one called in remote source Regions. */
function routeAt(place: number, baseMs: number, luck: Sequence): RouteModel {
  const global = place === 1;
  return {
    sourceRegion: REMOTES[place - 2] ?? HOME,
    modelId: `${global ? "global" : "eu"}.${MODEL}`,
    kind: global ? "global" : "geographic",
    relativePrice: global ? 1 : REGIONAL_PRICE,
    p50Ms: baseMs * (place === 0 ? 1 : luck.scaleBetween(0.75, 2.2)),
    sigma: luck.between(0.12, 0.5),
    tail: {
      share: luck.chance(0.5) ? luck.between(0, 0.02) : 0.002,
      medianMs: luck.scaleBetween(3_000, 180_000),
      sigma: 0.4,
    },
    rttMs: place > 1 ? luck.between(0, 100) : 0,
    events: [],
    prior: { ttfbMs: baseMs, sigma: 0.3 },
  };
}

/** About right in four cases out of five, useless in the fifth. */
function priorOf(route: RouteModel, baseMs: number, luck: Sequence): RouteModel["prior"] {
  const ttfbMs = luck.chance(0.8)
    ? (route.p50Ms + route.rttMs) * Math.exp(0.1 * luck.normal())
    : baseMs * luck.scaleBetween(0.6, 2.5);
  return { ttfbMs, sigma: 0.3 };
}

function eventIn(durationMs: number, luck: Sequence): RouteEvent {
  const fromMs = luck.between(0.05, 0.85) * durationMs;
  const toMs = fromMs + Math.min(luck.between(2, 20) * MINUTE, durationMs * 0.4);
  const kind = luck.next();
  if (kind < 0.4) return { fromMs, toMs, slowdown: luck.between(1.4, 4) };
  if (kind < 0.55) return { fromMs, toMs, slowdown: luck.between(0.4, 0.8) };
  if (kind < 0.75) return { fromMs, toMs, hangs: { share: luck.between(0.02, 0.3), ms: 60_000 } };
  return { fromMs, toMs, outage: kind < 0.88 ? "errors" : "silence" };
}
