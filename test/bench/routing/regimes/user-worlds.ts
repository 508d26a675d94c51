import { CLAUDE } from "../lab-fit.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime, scaled } from "../regime.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const FRANKFURT = [CLAUDE, "eu-central-1"] as const;
const UNITED_STATES = [CLAUDE, "us-east-1"] as const;

const LAMBDA: Regime["load"] = {
  kind: "short-lived",
  clients: 200,
  requestsEach: 20,
  meanGapMs: 8_000,
  startWithinMs: 2 * MINUTE,
};
const FRESH: Regime["load"] = {
  kind: "short-lived",
  clients: 40,
  requestsEach: 200,
  meanGapMs: 500,
  startWithinMs: MINUTE,
};
const TEN_MINUTES: Regime["load"] = { kind: "steady", requestsPerSecond: 2, durationMs: 10 * MINUTE, clients: 1 };

/** Workloads whose answers take another time than the lab's: nothing happens to the routes. */
export const scales: readonly Regime[] = [
  ...[0.15, 0.4, 2.5, 4, 10].map((by) => fresh(`13 Frankfurt Claude ×${by}, 40 fresh processes`, FRANKFURT, by)),
  fresh("13 us-east-1 Claude ×4, 40 fresh processes", UNITED_STATES, 4),
  fresh("13m Frankfurt Claude ×4, mixed prompts 0.7, 40 fresh processes", FRANKFURT, 4, { promptSigma: 0.7 }),
  ...[0.15, 0.4, 2.5, 4, 10].map((by) =>
    fresh(`13L Tokyo Claude ×${by}, Lambda`, TOKYO, by, { load: LAMBDA }, "13L other scales, Lambda"),
  ),
  slowedDown("13s Tokyo Claude ×0.15, geographic ×3 for 10 min", 0.15),
  slowedDown("13s Tokyo Claude ×4, geographic ×3 for 10 min", 4),
];

/** The process stumbles, and the service is well. */
export const heldUp: readonly Regime[] = [
  labRegime("14a frozen for 12 s, about 40 in flight", "14 held up", FRANKFURT, {
    load: { ...TEN_MINUTES, requestsPerSecond: 50, durationMs: 6 * MINUTE },
    pauses: [{ atMs: 3 * MINUTE, forMs: 12_000 }],
  }),
  labRegime("14b event loop blocked for 5 s, about 200 in flight", "14 held up", FRANKFURT, {
    load: { ...TEN_MINUTES, requestsPerSecond: 200, durationMs: 2 * MINUTE },
    pauses: [{ atMs: MINUTE, forMs: 5_000 }],
  }),
  labRegime("14c burst of 500 requests, 2 ms of work each", "14 held up", FRANKFURT, {
    load: TEN_MINUTES,
    handlingMs: 2,
    bursts: [{ atMs: 5 * MINUTE, requests: 500 }],
  }),
  labRegime("14d frozen for 45 s while a fresh process waits", "14 held up", FRANKFURT, {
    load: TEN_MINUTES,
    pauses: [{ atMs: 5_000, forMs: 45_000 }],
  }),
  labRegime("14e blocked for 3 s every minute", "14 held up", TOKYO, {
    pauses: Array.from({ length: 28 }, (_, minute) => ({ atMs: (minute + 1) * MINUTE, forMs: 3_000 })),
  }),
  labRegime("14f frozen for 12 s, then a black hole", "14 held up", TOKYO, {
    load: { ...TEN_MINUTES, durationMs: 20 * MINUTE },
    pauses: [{ atMs: 5 * MINUTE, forMs: 12_000 }],
    routes: changed(
      labRoutes(...TOKYO),
      ["geographic"],
      during({ outage: "silence" }, 5 * MINUTE + 30_000, 10 * MINUTE),
    ),
  }),
];

/** Every fifth request asks for the flex tier and is answered when there is room. */
export const tiers: readonly Regime[] = [
  labRegime("15a a fifth of the requests on flex, ×8 slower, Frankfurt", "15 flex tier", FRANKFURT, {
    flex: { share: 0.2, slowdown: 8 },
  }),
  labRegime("15b half of the requests on flex, ×40 slower, Tokyo", "15 flex tier", TOKYO, {
    flex: { share: 0.5, slowdown: 40 },
  }),
  labRegime("15c flex beside a black hole for 10 min", "15 flex tier", TOKYO, {
    flex: { share: 0.2, slowdown: 8 },
    routes: changed(labRoutes(...TOKYO), ["geographic"], during({ outage: "silence" })),
  }),
];

/** Models that think before they speak: the first event comes as from any other, the content much later. */
export const thinking: readonly Regime[] = [
  labRegime("17a a model that thinks for 6 s, Tokyo", "17 thinking", TOKYO, {
    thinking: { medianMs: 6_000, sigma: 0.5 },
  }),
  labRegime("17b a model that thinks for 6 s, geographic a black hole for 10 min", "17 thinking", TOKYO, {
    thinking: { medianMs: 6_000, sigma: 0.5 },
    routes: changed(labRoutes(...TOKYO), ["geographic"], during({ outage: "silence" })),
  }),
];

/** Long conversations: a turn that finds its prompt in the cache is faster and costs less. */
export const conversations: readonly Regime[] = [
  talk("16a ten conversations, cache marked", true),
  talk("16b ten conversations, cached by the service", false),
  talk("16c conversations, global ×0.5 from minute 10 to 20", false, {
    routes: changed(labRoutes(...TOKYO), ["global"], during({ slowdown: 0.5 })),
  }),
  talk("16d conversations marked, geographic ×3 from minute 10 to 20", true, {
    routes: changed(labRoutes(...TOKYO), ["geographic"], during({ slowdown: 3 })),
  }),
];

function fresh(
  name: string,
  cell: readonly [string, string],
  by: number,
  settings: Partial<Regime> = {},
  group = "13 other scales",
): Regime {
  return labRegime(name, group, cell, { load: FRESH, routes: scaled(labRoutes(...cell), by), ...settings });
}

function slowedDown(name: string, by: number): Regime {
  return labRegime(name, "13s other scales, slowdown", TOKYO, {
    routes: changed(scaled(labRoutes(...TOKYO), by), ["geographic"], during({ slowdown: 3 })),
  });
}

function talk(name: string, marked: boolean, settings: Partial<Regime> = {}): Regime {
  return labRegime(name, "16 conversations", TOKYO, {
    conversations: { atATime: 10, turns: 40, marked, missSlowdown: 1.6, missPrice: 2.5 },
    ...settings,
  });
}
