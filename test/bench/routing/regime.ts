import { fitToLab } from "./lab-fit.ts";
import type { RouteEvent, RouteModel } from "./route-model.ts";

/** A world for one benchmark: routes, what happens to them, and the traffic. */
export interface Regime {
  readonly name: string;
  readonly group: string;
  readonly model: string;
  readonly homeRegion: string;
  /** Further Regions that may be called. */
  readonly sourceRegions: readonly string[];
  readonly routes: readonly RouteModel[];
  /** Whether the profiles are AWS's, as the library knows them, or made up for this regime. */
  readonly profiles: "bundled" | "made-up";
  /** Whether the library looks its priors up itself or is given those of the routes. */
  readonly priors: "library" | "given";
  readonly load: Load;
  /** Spread of the natural logarithm of the factor by which prompts differ; 0 when all are alike. */
  readonly promptSigma: number;
  /** When the process itself stands still: frozen by its platform, or its event loop blocked. */
  readonly pauses?: readonly Pause[];
  /** What the process needs to handle one arrival or answer, in milliseconds; 0 when that is no matter. */
  readonly handlingMs?: number;
  /** Requests that come all at once, beside the load. */
  readonly bursts?: readonly { readonly atMs: number; readonly requests: number }[];
  /** A share of the requests asks for the flex tier, which every route answers by so much slower. */
  readonly flex?: { readonly share: number; readonly slowdown: number };
  /** Requests are turns of conversations whose prompts are cached where they ran. */
  readonly conversations?: Conversations;
  /** The model thinks before it speaks: an answer begins, and its content comes so much later on any route (log-normal). */
  readonly thinking?: { readonly medianMs: number; readonly sigma: number };
  /** A slow random walk of every route's body: deviation of its logarithm, and how fast it forgets. */
  readonly drift?: { readonly sigma: number; readonly tauMs: number };
  /** What is wrong with the store of a fleet: when it is gone, and how far clocks of the processes are apart at most. */
  readonly store?: { readonly goneFromMs?: number; readonly goneToMs?: number; readonly skewMs?: number };
  /** Moments after which traffic should go to another route. */
  readonly shifts: readonly Shift[];
}

/** Traffic: Poisson arrivals for a time over long-lived clients, or many clients that live for a few requests each. */
export type Load =
  | {
      readonly kind: "steady";
      readonly requestsPerSecond: number;
      readonly durationMs: number;
      readonly clients: number;
    }
  | {
      readonly kind: "short-lived";
      readonly clients: number;
      readonly requestsEach: number;
      readonly meanGapMs: number;
      readonly startWithinMs: number;
    };

/** All timers and answers that fall into it are late. */
export interface Pause {
  readonly atMs: number;
  readonly forMs: number;
}

export interface Conversations {
  /** So many at a time, each of so many turns; then another one begins. */
  readonly atATime: number;
  readonly turns: number;
  /** Whether the requests mark their cache, as Anthropic's models want it, or the service caches by itself. */
  readonly marked: boolean;
  /** Factors on the time to first byte and on the price of a turn that finds no cache. */
  readonly missSlowdown: number;
  readonly missPrice: number;
}

export interface Shift {
  readonly name: "away" | "back" | "start";
  readonly atMs: number;
  readonly to: RouteModel["kind"];
}

export const MINUTE = 60_000;
export const HALF_AN_HOUR: Load = { kind: "steady", requestsPerSecond: 2, durationMs: 30 * MINUTE, clients: 1 };

type Settings = Partial<Omit<Regime, "name" | "group" | "model" | "homeRegion">>;

/** A regime on the routes that the latency lab measured from a Region. */
export function labRegime(
  name: string,
  group: string,
  [model, homeRegion]: readonly [string, string],
  settings: Settings = {},
): Regime {
  return {
    name,
    group,
    model,
    homeRegion,
    sourceRegions: [],
    routes: labRoutes(model, homeRegion),
    profiles: "bundled",
    priors: "library",
    load: HALF_AN_HOUR,
    promptSigma: 0,
    shifts: [],
    ...settings,
  };
}

export function labRoutes(model: string, sourceRegion: string): readonly RouteModel[] {
  return (["geographic", "global"] as const).flatMap((kind) => fitToLab({ model, sourceRegion, kind }) ?? []);
}

/** The routes with one kind of them changed. */
export function changed(
  routes: readonly RouteModel[],
  kinds: readonly RouteModel["kind"][],
  change: Partial<RouteModel>,
): readonly RouteModel[] {
  return routes.map((route) => (kinds.includes(route.kind) ? { ...route, ...change } : route));
}

/** The same routes for a workload whose answers take so many times the lab's time; what is believed of them stays. */
export function scaled(routes: readonly RouteModel[], by: number): readonly RouteModel[] {
  return routes.map((route) => ({ ...route, p50Ms: route.p50Ms * by }));
}

/** An event from the tenth to the twentieth minute, unless said otherwise. */
export function during(
  event: Omit<RouteEvent, "fromMs" | "toMs">,
  fromMs: number = 10 * MINUTE,
  toMs: number = 20 * MINUTE,
): { readonly events: readonly RouteEvent[] } {
  return { events: [{ fromMs, toMs, ...event }] };
}

/** The route that the lab's rule names: global in the US, geographic elsewhere, global where there is no other. */
export function ruleOfTheLab({ homeRegion, routes }: Regime): number {
  const kind = homeRegion.startsWith("us-") ? "global" : "geographic";
  const place = routes.findIndex((route) => route.kind === kind && route.sourceRegion === homeRegion);
  return Math.max(0, place);
}
