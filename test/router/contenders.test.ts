import { expect, it } from "vitest";
import { contendersOf } from "../../src/router/contenders.ts";
import { planRequest, stageRouter } from "../support/router.ts";

const slice = { workload: "default", streaming: true } as const;

function contenders(prefer: "latency" | "cost" | "throughput", throttled: readonly number[] = []) {
  const { router, health } = stageRouter({ policy: { prefer }, sourceRegions: ["eu-west-1"] });
  const { candidates } = router.plan(planRequest()).plan;
  for (const place of throttled) {
    const failure = { kind: "throttled", family: "requests-per-minute", scope: "route" } as never;
    health.postpone(candidates[place]!.route, failure);
  }
  const { plan } = router.plan(planRequest());
  return contendersOf(plan, slice, health).map(
    ({ route, usable }) => `${route.sourceRegion} ${route.geography} ${usable}`,
  );
}

it("lets all candidates of a tier compete by score", () => {
  expect(contenders("latency")).toHaveLength(4);
});

it("lets dearer routes compete only when no cheaper one is usable", () => {
  expect(contenders("cost")).toEqual(["eu-central-1 global true", "eu-west-1 global true"]);
  expect(contenders("cost", [0, 1])).toEqual(["eu-central-1 eu true", "eu-west-1 eu true"]);
});

it("lets pools of any size compete by throughput, the usable ones in front", () => {
  expect(contenders("throughput", [0])).toEqual([
    "eu-west-1 global true",
    "eu-central-1 eu true",
    "eu-west-1 eu true",
    "eu-central-1 global false",
  ]);
});

it("tells a route that was throttled from one that failed otherwise", () => {
  const { router, health } = stageRouter({ policy: "latency", sourceRegions: ["eu-west-1"] });
  const { candidates } = router.plan(planRequest()).plan;
  health.postpone(candidates[0]!.route, { kind: "throttled", family: "requests-per-minute", scope: "route" } as never);
  health.postpone(candidates[1]!.route, {
    kind: "unavailable",
    family: "service-unavailable",
    scope: "route",
  } as never);
  const found = contendersOf(router.plan(planRequest()).plan, slice, health);
  const throttled = candidates.map(({ route }) => found.find((contender) => contender.route === route)?.throttled);
  expect(throttled).toEqual([true, false, false, false]);
});
