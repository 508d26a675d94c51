import { CLAUDE, fitToLab, NOVA } from "../lab-fit.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "../regime.ts";
import type { RouteEvent, RouteModel } from "../route-model.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const FRANKFURT = "eu-central-1";
const DRIFT = { sigma: 0.15, tauMs: 3 * MINUTE } as const;

/** What is believed beforehand is wrong, or nothing is. */
export const priors: readonly Regime[] = [
  wrongPriors("7 priors swapped", 0),
  labRegime("7b no priors", "7 wrong priors", TOKYO, {
    priors: "given",
    routes: labRoutes(...TOKYO).map((route) => ({ ...route, prior: { ttfbMs: 800, sigma: 0.5 } })),
  }),
  wrongPriors("7m priors swapped, mixed prompts", 0.6),
];

/** 200 processes that live for 20 requests, one every 8 seconds, as in AWS Lambda. */
export const shortLived: readonly Regime[] = [
  lambda("8a Lambda, stationary", "8a–e Lambda", {}),
  lambda("8b Lambda, geographic ×2", "8a–e Lambda", { slowdown: 2 }),
  lambda("8c Lambda, geographic down, fast errors", "8a–e Lambda", { outage: "errors" }),
  lambda("8d Lambda, 10 % hang 60 s", "8a–e Lambda", { hangs: { share: 0.1, ms: 60_000 } }),
  lambda("8e Lambda, Singapore Nova", "8a–e Lambda", {}, [NOVA, "ap-southeast-1"]),
  lambda("8f Lambda, geographic is a black hole", "8f Lambda, black hole", { outage: "silence" }),
];

/** Prompts of different sizes, and latencies that wander. */
export const mixtures: readonly Regime[] = [
  labRegime("9a mixed prompts 0.7, Tokyo Claude", "9 mixed prompts, drift", TOKYO, { promptSigma: 0.7 }),
  labRegime("9b mixed prompts 0.7, us-west-2 Nova", "9 mixed prompts, drift", [NOVA, "us-west-2"], {
    promptSigma: 0.7,
  }),
  labRegime("9c drift 15 %, us-west-2 Nova", "9 mixed prompts, drift", [NOVA, "us-west-2"], { drift: DRIFT }),
  labRegime("9d drift 15 %, mixed prompts 0.5, Frankfurt Claude", "9 mixed prompts, drift", [CLAUDE, FRANKFURT], {
    drift: DRIFT,
    promptSigma: 0.5,
  }),
  labRegime("9e mixed prompts 0.7, Frankfurt Claude", "9 mixed prompts, drift", [CLAUDE, FRANKFURT], {
    promptSigma: 0.7,
  }),
  labRegime("11 geographic ×2, mixed prompts 0.5", "11 step, mixed prompts", TOKYO, {
    promptSigma: 0.5,
    routes: changed(labRoutes(...TOKYO), ["geographic"], during({ slowdown: 2 })),
  }),
  labRegime("11b global ×2, mixed prompts 0.6, us-east-1 Claude", "11 step, mixed prompts", [CLAUDE, "us-east-1"], {
    promptSigma: 0.6,
    routes: changed(labRoutes(CLAUDE, "us-east-1"), ["global"], during({ slowdown: 2 })),
  }),
];

/** In-Region, geographic, geographic from a neighbouring Region, global. */
export const fourRoutes: readonly Regime[] = [
  four("12a four routes", {}),
  four("12b four routes, drift, mixed prompts", { drift: DRIFT, promptSigma: 0.5 }),
  four("12c four routes, home routes ×3 for 10 min", {
    routes: routesOfFour().map((route) =>
      route.kind !== "global" && route.sourceRegion === FRANKFURT ? { ...route, ...during({ slowdown: 3 }) } : route,
    ),
  }),
];

function wrongPriors(name: string, promptSigma: number): Regime {
  const [geographic, global] = labRoutes(...TOKYO);
  return labRegime(name, "7 wrong priors", TOKYO, {
    priors: "given",
    promptSigma,
    routes: [
      { ...geographic!, prior: global!.prior },
      { ...global!, prior: geographic!.prior },
    ],
    shifts: [{ name: "start", atMs: 0, to: "geographic" }],
  });
}

function lambda(
  name: string,
  group: string,
  event: Omit<RouteEvent, "fromMs" | "toMs">,
  cell: readonly [string, string] = TOKYO,
): Regime {
  return labRegime(name, group, cell, {
    load: { kind: "short-lived", clients: 200, requestsEach: 20, meanGapMs: 8_000, startWithinMs: 2 * MINUTE },
    routes: changed(labRoutes(...cell), ["geographic"], during(event, 0, Number.POSITIVE_INFINITY)),
  });
}

function four(name: string, settings: Partial<Regime>): Regime {
  return labRegime(name, "12 four routes", [NOVA, FRANKFURT], {
    profiles: "made-up",
    priors: "given",
    sourceRegions: ["eu-west-1"],
    routes: routesOfFour(),
    ...settings,
  });
}

/** Assumed: in-Region 3 % faster with a small quota; Dublin 25 ms away, otherwise as Frankfurt. */
function routesOfFour(): readonly RouteModel[] {
  const geographic = fitToLab({ model: NOVA, sourceRegion: FRANKFURT, kind: "geographic" })!;
  const global = fitToLab({ model: NOVA, sourceRegion: FRANKFURT, kind: "global" })!;
  return [
    {
      ...geographic,
      kind: "in-region",
      modelId: NOVA,
      p50Ms: geographic.p50Ms * 0.97,
      quota: { perSecond: 1, burst: 10 },
    },
    geographic,
    {
      ...geographic,
      sourceRegion: "eu-west-1",
      rttMs: 25,
      prior: { ...geographic.prior, ttfbMs: geographic.p50Ms + 25 },
    },
    global,
  ];
}
