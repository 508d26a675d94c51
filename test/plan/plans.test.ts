import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RouteChoice } from "../../src/health/route-choice.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import { type EligibleRoutes, eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { planOf, rank } from "../../src/plan/rank.ts";
import type { RouteEvidence } from "../../src/types/evidence.ts";
import type { RejectionReason } from "../../src/types/plan.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { type DescribedRequest, measured, routeRequest } from "./route-request.ts";

/** One request and the plan that must come of it. Routes are named by their keys, `sourceRegion|modelId`. */
interface PlanCase extends DescribedRequest {
  readonly title: string;
  readonly evidence?: Readonly<Record<string, Partial<RouteEvidence>>>;
  readonly expect: {
    /** Every candidate, best first. */
    readonly routes?: readonly string[];
    /** The first candidate. */
    readonly first?: string;
    /** Some of the rejections. */
    readonly rejected?: Readonly<Record<string, RejectionReason>>;
  };
}

const NOT_MEASURED: RouteEvidence = measured();
const cases = new URL("./cases/", import.meta.url);

describe.each(readdirSync(cases).filter((file) => file.endsWith(".json")))("the plans of %s", (file) => {
  const planCases = JSON.parse(readFileSync(new URL(file, cases), "utf8")) as readonly PlanCase[];

  it.each(planCases.map((planCase) => [planCase.title, planCase] as const))("%s", (_title, planCase) => {
    const { evidence = {}, expect: expected, ...described } = planCase;
    const eligible = eligibleRoutes(routeRequest(described));
    const ranking = rank(eligible, ({ key }) =>
      evidence[key] === undefined ? undefined : { ...NOT_MEASURED, ...evidence[key] },
    );
    const choice = choiceOf(eligible).preview(ranking.candidates);
    const plan = planOf(eligible, ranking, choice);
    const routes = plan.candidates.map(({ route }) => route.key);
    const rejected = Object.fromEntries(plan.rejections.map(({ route, reason }) => [route.key, reason]));
    if (expected.routes !== undefined) expect(routes).toEqual(expected.routes);
    if (expected.first !== undefined) expect(routes[0]).toBe(expected.first);
    expect(rejected).toMatchObject(expected.rejected ?? {});
    expect(expected.routes ?? expected.first).toBeDefined();
  });
});

describe("a plan", () => {
  const eligible = eligibleRoutes(
    routeRequest({ model: "anthropic.claude-sonnet-4-6", home: "eu-central-1", sourceRegions: ["us-east-1"] }),
  );
  const plan = planOf(
    eligible,
    rank(eligible, () => undefined),
  );

  it("says what it was made from: model, home Region, policy and the date of the profile table", () => {
    expect(plan).toMatchObject({
      model: "anthropic.claude-sonnet-4-6",
      homeRegion: "eu-central-1",
      policy: { prefer: "latency", priceWeight: 1, residency: { label: "any", regions: "any" } },
    });
    expect(plan.catalog).toMatch(/^bundled, \d{4}-\d\d-\d\d$/);
    expect(plan.rejections).toBe(eligible.rejections);
  });

  it("is frozen through and through", () => {
    expect(unfrozenIn(plan, "plan")).toEqual([]);
  });

  it("survives JSON with its reasons", () => {
    const copy = JSON.parse(JSON.stringify(plan)) as typeof plan;
    expect(copy.candidates[0]?.reasons).toEqual(plan.candidates[0]?.reasons);
    expect(copy.candidates[0]?.reasons.length).toBeGreaterThan(2);
    expect(copy).toEqual(JSON.parse(JSON.stringify(plan)));
  });
});

/** Which route leads when nothing but this evidence is known. */
function choiceOf({ routes, policy }: EligibleRoutes): RouteChoice {
  const clock = new VirtualClock();
  const health = new RouteHealth(
    clock,
    () => 0.5,
    () => {},
  );
  const byPrior = routes.map(({ route }) => route);
  return new RouteChoice(byPrior, policy.prefer, { workload: "default", streaming: true }, health, clock);
}

function unfrozenIn(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) =>
    // Sentences are written anew for each reader.
    key === "reasons" ? [] : unfrozenIn(child, `${path}.${key}`),
  );
  return Object.isFrozen(value) ? below : [path, ...below];
}
