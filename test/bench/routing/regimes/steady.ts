import { labCells } from "../../../../src/profiles/lab.ts";
import { CLAUDE, fitToLab, NOVA } from "../lab-fit.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "../regime.ts";
import type { RouteModel } from "../route-model.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const SINGAPORE = "ap-southeast-1";

/** Nothing changes for half an hour, in each of the lab's Regions. */
export const stationary: readonly Regime[] = [CLAUDE, NOVA].flatMap((model) =>
  [...new Set(labCells().map((cell) => cell.sourceRegion))]
    .sort()
    .map((region) =>
      labRegime(`1 stationary ${model === CLAUDE ? "Claude" : "Nova"} ${region}`, "1 stationary", [model, region]),
    ),
);

/** One route becomes slower or faster. */
export const steps: readonly Regime[] = [
  step("2a geographic ×2 for 10 min, Tokyo Claude", { ...awayAndBack("geographic", "global") }),
  labRegime("2b global ×2 for 10 min, us-east-1 Claude", "2 step changes", [CLAUDE, "us-east-1"], {
    routes: changed(labRoutes(CLAUDE, "us-east-1"), ["global"], during({ slowdown: 2 })),
    ...awayAndBack("global", "geographic"),
  }),
  labRegime("2c geographic ×3 for 10 min, Frankfurt Nova", "2 step changes", [NOVA, "eu-central-1"], {
    routes: changed(labRoutes(NOVA, "eu-central-1"), ["geographic"], during({ slowdown: 3 })),
    ...awayAndBack("geographic", "global"),
  }),
  step("2d global ×0.5 for 10 min, Tokyo Claude", {
    routes: changed(labRoutes(...TOKYO), ["global"], during({ slowdown: 0.5 })),
    ...awayAndBack("geographic", "global"),
  }),
  step("2e geographic ×2, 20 requests a second", {
    load: { kind: "steady", requestsPerSecond: 20, durationMs: 30 * MINUTE, clients: 1 },
    ...awayAndBack("geographic", "global"),
  }),
  step("2f geographic ×2 for 2 h, 3 requests a minute, 6 h", {
    load: { kind: "steady", requestsPerSecond: 0.05, durationMs: 360 * MINUTE, clients: 1 },
    routes: slowedDown(120 * MINUTE, 240 * MINUTE),
    ...awayAndBack("geographic", "global", 120, 240),
  }),
  step("2g geographic ×2 from the tenth minute on", {
    routes: slowedDown(10 * MINUTE, Number.POSITIVE_INFINITY),
    shifts: [{ name: "away", atMs: 10 * MINUTE, to: "global" }],
  }),
];

/** Singapore: one route with a heavy tail, alone or with remote source Regions beside it. */
export const singapore: readonly Regime[] = [
  labRegime("5a Singapore Nova, one route", "5 Singapore", [NOVA, SINGAPORE]),
  labRegime("5b Singapore Claude, one route", "5 Singapore", [CLAUDE, SINGAPORE]),
  labRegime("5c Singapore Nova, remote source Regions", "5 Singapore", [NOVA, SINGAPORE], withRemotes(false)),
  labRegime("5d Singapore Nova, tail in spells", "5 Singapore", [NOVA, SINGAPORE], {
    routes: tailInSpells(labRoutes(NOVA, SINGAPORE)),
  }),
  labRegime("5e Singapore Nova, remote, tail in spells", "5 Singapore", [NOVA, SINGAPORE], withRemotes(true)),
];

function step(name: string, settings: Partial<Regime>): Regime {
  return labRegime(name, "2 step changes", TOKYO, { routes: slowedDown(10 * MINUTE, 20 * MINUTE), ...settings });
}

function slowedDown(fromMs: number, toMs: number): readonly RouteModel[] {
  return changed(labRoutes(...TOKYO), ["geographic"], during({ slowdown: 2 }, fromMs, toMs));
}

function awayAndBack(
  from: RouteModel["kind"],
  to: RouteModel["kind"],
  fromMinute = 10,
  toMinute = 20,
): Pick<Regime, "shifts"> {
  return {
    shifts: [
      { name: "away", atMs: fromMinute * MINUTE, to },
      { name: "back", atMs: toMinute * MINUTE, to: from },
    ],
  };
}

/** The round trips of 70 and 93 ms are assumptions; the library estimates its own from the distance. */
function withRemotes(spells: boolean): Pick<Regime, "sourceRegions" | "routes"> {
  const home = labRoutes(NOVA, SINGAPORE);
  const tokyo = { model: NOVA, sourceRegion: "ap-northeast-1", rttMs: 70 };
  const sydney = { model: NOVA, sourceRegion: "ap-southeast-2", rttMs: 93 };
  const remotes = [
    fitToLab({ ...tokyo, kind: "geographic" }),
    fitToLab({ ...tokyo, kind: "global" }),
    fitToLab({ ...sydney, kind: "global" }),
  ].flatMap((route) => route ?? []);
  return {
    sourceRegions: ["ap-northeast-1", "ap-southeast-2"],
    routes: [...(spells ? tailInSpells(home) : home), ...remotes],
  };
}

function tailInSpells(routes: readonly RouteModel[]): readonly RouteModel[] {
  return routes.map((route) => ({
    ...route,
    tail: { ...route.tail, share: 0.5, spells: { quietMs: 4 * MINUTE, badMs: 10_000 } },
  }));
}
