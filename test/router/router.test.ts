import { describe, expect, it } from "vitest";
import type { RequestRoutingOptions } from "../../src/options/options.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog } from "../../src/profiles/catalog.ts";
import { Router } from "../../src/router/router.ts";
import type { Plan } from "../../src/types/plan.ts";
import { EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { planRequest, type RouterStage, stageRouter } from "../support/router.ts";

const idsOf = (plan: Plan): string[] => plan.candidates.map(({ route }) => `${route.sourceRegion} ${route.modelId}`);
const slice = { workload: "default", streaming: true } as const;

/** An attempt on the route with this modelId that was answered after so many milliseconds. */
function observe({ router, health }: RouterStage, modelId: string, ttfbMs: number): void {
  const { plan } = router.plan(planRequest());
  const candidate = plan.candidates.find(({ route }) => route.modelId === modelId);
  const track = health.track(candidate!.route, slice);
  track.started("first");
  track.answered(ttfbMs);
  track.succeeded(ttfbMs);
}

describe("the plan of a request", () => {
  it("says in which slice its statistics belong", () => {
    const { router } = stageRouter({ workload: "chat" });
    expect(router.plan(planRequest()).choice.slice).toEqual({ workload: "chat", streaming: true });
    const overrides = { workload: "batch" };
    expect(router.plan(planRequest({ streaming: false, overrides })).choice.slice).toEqual({
      workload: "batch",
      streaming: false,
    });
  });

  it("stays the same object while nothing has changed", () => {
    const { router } = stageRouter();
    const { plan } = router.plan(planRequest());
    expect(router.plan(planRequest()).plan).toBe(plan);
    expect(router.plan(planRequest({ streaming: false })).plan).not.toBe(plan);
    expect(router.plan(planRequest({ overrides: { workload: "batch" } })).plan).not.toBe(plan);
  });

  it("is made anew after a sample", () => {
    const stage = stageRouter();
    const { plan } = stage.router.plan(planRequest());
    expect(plan.candidates[0]?.samples).toBe(0);
    observe(stage, EU_SONNET, 500);
    expect(stage.router.plan(planRequest()).plan.candidates[0]?.samples).toBe(1);
  });

  it("is made anew when samples grow old", async () => {
    const stage = stageRouter();
    observe(stage, EU_SONNET, 500);
    const plan = () => stage.router.plan(planRequest()).plan;
    const known = plan();
    await stage.clock.advance(599_999);
    expect(plan().candidates).toBe(known.candidates);
    await stage.clock.advance(1);
    expect(plan().candidates[0]?.samples).toBe(0);
  });

  it("changes on the day on which a model comes to its end, and not before", async () => {
    const table = bundledCatalog();
    const { clock, router } = stageRouter({
      catalog: { ...table, endOfLife: (model, region) => (model === SONNET ? END : table.endOfLife?.(model, region)) },
    });
    const END = new Date(clock.wallNow() + 3 * 86_400_000).toISOString().slice(0, 10);
    const plan = (modelId: string): Plan => router.plan(planRequest({ modelId })).plan;
    const other = "amazon.nova-2-lite-v1:0";
    const [before, untouched] = [plan(SONNET), plan(other)];
    expect(before.remarks).toEqual([`${SONNET} reaches its end of life on ${END}.`]);
    await clock.advance(86_400_000);
    expect(plan(SONNET).rejections).toBe(before.rejections);
    await clock.advance(2 * 86_400_000);
    expect(plan(SONNET).remarks).toEqual([
      `AWS announced the end of life of ${SONNET} for ${END}: it may no longer answer.`,
    ]);
    expect(plan(SONNET).candidates[0]?.reasons.at(-1)).toContain(END);
    expect(plan(other).rejections).toBe(untouched.rejections);
  });

  it("keeps what is known of the routes that nothing has changed for", () => {
    const stage = stageRouter();
    const route = (place: number) => stage.router.preview(planRequest()).candidates.at(place)!.route.modelId;
    // From ten answers on, a route needs nobody else's.
    for (let answer = 0; answer < 20; answer += 1) observe(stage, route(0), 500);
    const before = stage.router.preview(planRequest()).candidates;
    observe(stage, before.at(-1)!.route.modelId, 500);
    const after = stage.router.preview(planRequest()).candidates;
    expect(after[0]).toBe(before[0]);
    expect(after.at(-1)).not.toBe(before.at(-1));
  });

  it("puts a postponed route last, and back in front as soon as its time is over", async () => {
    const { router, health, clock } = stageRouter();
    const before = router.plan(planRequest()).plan;
    expect(idsOf(before)).toEqual([`eu-central-1 ${EU_SONNET}`, `eu-central-1 ${GLOBAL_SONNET}`]);
    health.postpone(before.candidates[0]!.route, { kind: "throttled", family: "tokens-per-minute" });
    const cooling = router.plan(planRequest()).plan;
    expect(idsOf(cooling)).toEqual([`eu-central-1 ${GLOBAL_SONNET}`, `eu-central-1 ${EU_SONNET}`]);
    await clock.advance(cooling.candidates[1]!.coolingForMs! - 1);
    expect(idsOf(router.plan(planRequest()).plan)).toEqual(idsOf(cooling));
    await clock.advance(1);
    expect(idsOf(router.plan(planRequest()).plan)).toEqual(idsOf(before));
  });

  it("does not remember the plans of endless workloads", () => {
    const { router } = stageRouter();
    const { plan } = router.plan(planRequest());
    for (let index = 0; index < 40; index += 1) router.plan(planRequest({ overrides: { workload: `w${index}` } }));
    expect(router.plan(planRequest()).plan).not.toBe(plan);
  });

  it("reads the profile table once for each kind of request", () => {
    let reads = 0;
    const bundled = bundledCatalog();
    const catalog: Catalog = {
      name: "counting",
      asOf: "2026-01-01",
      models: () => bundled.models(),
      profile: (id) => bundled.profile(id),
      inRegionRegions: (model) => bundled.inRegionRegions(model),
      profilesOf(model) {
        reads += 1;
        return bundled.profilesOf(model);
      },
    };
    const stage = stageRouter({ catalog });
    stage.router.plan(planRequest());
    const once = reads;
    expect(once).toBeGreaterThan(0);
    observe(stage, EU_SONNET, 100);
    stage.router.plan(planRequest());
    stage.router.plan(planRequest({ mayProbe: false, overrides: { workload: "batch" } }));
    stage.router.preview(planRequest());
    expect(reads).toBe(once);
    expect(stage.router.plan(planRequest()).plan.catalog).toBe("counting, 2026-01-01");
  });
});

describe("the home route of a kind of request", () => {
  it("is left for a probe now and then, but not by a request that uses a prompt cache", () => {
    const stage = stageRouter();
    const { router } = stage;
    observe(stage, EU_SONNET, 700);
    const led = (mayProbe: boolean): number => {
      const plans = Array.from({ length: 100 }, () => router.plan(planRequest({ mayProbe })).plan);
      return plans.filter(({ candidates }) => candidates[0]?.route.modelId !== EU_SONNET).length;
    };
    expect(led(false)).toBe(0);
    expect(led(true)).toBeGreaterThan(0);
  });

  it("is one for requests with a prompt cache and without", () => {
    const { router } = stageRouter();
    const usual = router.plan(planRequest({ mayProbe: true }));
    expect(router.plan(planRequest({ mayProbe: false })).choice).toBe(usual.choice);
    expect(router.plan(planRequest({ overrides: { workload: "batch" } })).choice).not.toBe(usual.choice);
    expect(router.plan(planRequest({ streaming: false })).choice).not.toBe(usual.choice);
  });

  it.each([32, 33, 100, 900])("is learned for each of %i workloads that take turns", (workloads) => {
    const probesOf = (count: number): number => {
      const { router, health } = stageRouter();
      let probes = 0;
      for (let request = 0; request < 60 * count; request += 1) {
        const { plan, choice } = router.plan(planRequest({ overrides: { workload: `w${request % count}` } }));
        const [first] = plan.candidates;
        if (choice.causeOf(first!.route) === "probe") probes += 1;
        health.track(first!.route, choice.slice).answered(first!.ttfbMs);
        choice.measured(first!, first!.ttfbMs);
      }
      return probes;
    };
    const ofOne = probesOf(1);
    expect(ofOne).toBeGreaterThan(0);
    expect(probesOf(workloads)).toBe(workloads * ofOne);
  });

  it("is forgotten for workloads that nobody has used for long, so that made-up ones cannot fill the memory", () => {
    const { router } = stageRouter();
    const { choice } = router.plan(planRequest());
    for (let index = 0; index < 2_000; index += 1) router.plan(planRequest({ overrides: { workload: `w${index}` } }));
    expect(router.plan(planRequest()).choice).not.toBe(choice);
  });

  it("is none where capacity is preferred: nothing is measured against it", () => {
    const { router } = stageRouter({ policy: "throughput" });
    for (let request = 0; request < 100; request += 1) {
      const { plan, choice } = router.plan(planRequest());
      expect(choice.causeOf(plan.candidates[0]!.route)).toBe("first");
    }
    expect(idsOf(router.preview(planRequest()))).toEqual(idsOf(router.plan(planRequest()).plan));
  });

  it("is left while it cools, tried first afterwards, and not left for a route that has not proved itself", async () => {
    const { router, health, clock } = stageRouter();
    const first = (): string | undefined => router.plan(planRequest()).plan.candidates[0]?.route.modelId;
    const [eu] = router.plan(planRequest()).plan.candidates;
    health.postpone(eu!.route, { kind: "throttled", family: "tokens-per-minute" });
    expect(first()).toBe(GLOBAL_SONNET);
    await clock.advance(5_000);
    expect(first()).toBe(EU_SONNET);
    health.cooldowns.started(eu!.route);
    expect(first()).toBe(GLOBAL_SONNET);
    health.cooldowns.succeeded(eu!.route);
    expect(first()).toBe(EU_SONNET);
  });

  it("goes by the order of their return while all routes cool", () => {
    const { router, health } = stageRouter();
    const [eu, global] = router.plan(planRequest()).plan.candidates;
    const throttled = { kind: "throttled", family: "tokens-per-minute" } as const;
    health.postpone(eu!.route, { ...throttled, retryAfterMs: 50_000 });
    health.postpone(global!.route, throttled);
    expect(idsOf(router.plan(planRequest()).plan)).toEqual([
      `eu-central-1 ${GLOBAL_SONNET}`,
      `eu-central-1 ${EU_SONNET}`,
    ]);
  });

  it("is not changed by looking at the plan", () => {
    const looked = stageRouter();
    const sent = stageRouter();
    for (let request = 0; request < 100; request += 1) {
      for (let look = 0; look < 5; look += 1) looked.router.preview(planRequest());
      expect(idsOf(looked.router.plan(planRequest()).plan)).toEqual(idsOf(sent.router.plan(planRequest()).plan));
    }
  });

  it("is what a person sees first", () => {
    const { router } = stageRouter();
    const { plan } = router.plan(planRequest());
    expect(idsOf(router.preview(planRequest()))).toEqual(idsOf(plan));
    expect(router.preview(planRequest()).candidates[0]?.reasons.join("; ")).toContain("as the home route");
  });
});

describe("the waits that a caller has fixed", () => {
  it("are told to the dispatcher, which leaves them as they are", () => {
    const fixedIn = (routing: Parameters<typeof stageRouter>[0]) =>
      stageRouter(routing).router.plan(planRequest()).fixed;
    expect(fixedIn({ hedgeAfterMs: "adaptive" })).toEqual({ late: false, hedge: false });
    expect(fixedIn({ backupAfterMs: 3_000, hedgeAfterMs: "adaptive" })).toEqual({ late: true, hedge: false });
    expect(fixedIn({ hedgeAfterMs: 700 })).toEqual({ late: false, hedge: true });
  });
});

describe("requests that must not be taken for one another", () => {
  it.each([
    ["of another home Region", { homeRegion: "eu-west-1" }],
    ["pinned to the home Region", { pinnedBy: "the guardrail" }],
    ["of an operation that takes the modelId as it is", { exact: true }],
    ["for the profile by name", { modelId: EU_SONNET }],
    ["narrowed by the caller", { overrides: { residency: { countries: ["DE"] } } }],
  ])("a request %s has other routes", (_title, different) => {
    const { router } = stageRouter({ sourceRegions: ["eu-west-1"] });
    const usual = router.plan(planRequest()).plan;
    const other = router.plan(planRequest(different)).plan;
    expect([idsOf(other), other.rejections.length]).not.toEqual([idsOf(usual), usual.rejections.length]);
    expect(router.plan(planRequest()).plan).toBe(usual);
    expect(router.plan(planRequest(different)).plan).toBe(other);
  });
});

describe("the policy of a request", () => {
  it("can be narrowed and not widened", () => {
    const { router } = stageRouter({ residency: "eu", priceWeight: 0 });
    const resolve = (overrides: RequestRoutingOptions): readonly string[] | "any" =>
      router.resolvePolicy(overrides, "eu-central-1").residency.regions;
    const eu = router.resolvePolicy(undefined, "eu-central-1").residency.regions;
    expect(resolve({ residency: { regions: ["eu-west-1", "us-east-1"] } })).toEqual(["eu-west-1"]);
    expect(resolve({ residency: "us" })).toEqual([]);
    expect(resolve({ residency: "any" })).toEqual(eu);
    expect(resolve({ policy: "cost", priceWeight: 1 })).toEqual(eu);
    expect(resolve({ policy: "residency" })).toEqual(eu);
  });

  it("keeps what the request does not mention", () => {
    const { router } = stageRouter({ policy: "throughput", priceWeight: 3 });
    expect(router.resolvePolicy({ residency: "eu" }, "eu-central-1")).toMatchObject({
      prefer: "throughput",
      priceWeight: 3,
      residency: { label: "eu" },
    });
  });

  it("takes home from the Region that the request comes from", () => {
    const { router } = stageRouter({ policy: "residency" });
    expect(router.resolvePolicy(undefined, "ap-northeast-1").residency.label).toBe("home (jp)");
    expect(router.resolvePolicy(undefined, "eu-north-1").residency.label).toBe("home (eu)");
  });
});

describe("what is refused before a plan is made", () => {
  it("is what cannot be a model id, and no model that is merely unknown", () => {
    const { router } = stageRouter();
    const impossible = planRequest({ modelId: "anthropic.claude-sonnet-4-6 " });
    expect(() => router.plan(impossible)).toThrow(/Did you mean "anthropic.claude-sonnet-4-6"\?/);
    expect(() => router.plan(impossible)).toThrow(expect.objectContaining({ code: "UNKNOWN_MODEL" }));
    const { plan } = router.plan(planRequest({ modelId: "acme.model-1" }));
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual(["acme.model-1"]);
    expect(plan.unlisted).toBe(true);
  });

  it("is an option of the request that does not exist", () => {
    const { router } = stageRouter();
    expect(() => router.plan(planRequest({ overrides: { polcy: "cost" } as never }))).toThrow(
      "routing.polcy is not an option: did you mean policy?",
    );
  });
});

describe("routes of the caller's own", () => {
  const profile = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdef123456";

  it("are offered for their model, by bare id and by profile id", () => {
    const routes = { [SONNET]: [{ modelId: profile, destinationRegions: ["eu-central-1", "eu-west-1"] }] };
    const { router } = stageRouter({ routes });
    for (const modelId of [SONNET, EU_SONNET]) {
      expect(idsOf(router.plan(planRequest({ modelId })).plan)).toContain(`eu-central-1 ${profile}`);
    }
    expect(idsOf(router.plan(planRequest({ modelId: "amazon.nova-lite-v1:0" })).plan).join()).not.toContain(profile);
  });

  it("keep what the caller declared when he names them by ARN", () => {
    const routes = { [SONNET]: [{ modelId: profile, destinationRegions: ["eu-central-1"] }] };
    const { router } = stageRouter({ routes, residency: { regions: ["eu-central-1"] } });
    expect(idsOf(router.plan(planRequest({ modelId: profile })).plan)).toEqual([`eu-central-1 ${profile}`]);
  });
});

describe("the plan of a request by throughput", () => {
  const THROUGHPUT = { policy: "throughput" } as const;

  it("gives every request to the largest pool until that is throttled", () => {
    const { router } = stageRouter(THROUGHPUT);
    for (let request = 0; request < 300; request += 1) {
      expect(router.plan(planRequest()).plan.candidates[0]?.route.modelId).toBe(GLOBAL_SONNET);
    }
  });

  it("goes on to the next pool while one that was throttled has no room", async () => {
    const { router, health, clock } = stageRouter(THROUGHPUT);
    const { candidates } = router.plan(planRequest()).plan;
    const largest = candidates[0]!.route;
    health.track(largest, slice).started("first");
    const demand = health.capacity.demandOf(0, 1_000);
    for (let request = 0; request < 100; request += 1) health.capacity.started(largest, demand);
    health.capacity.throttled(largest, { kind: "throttled", family: "tokens-per-minute" }, demand);
    await clock.advance(1_000);
    const { plan } = router.plan(planRequest());
    expect(idsOf(plan)).toEqual([`eu-central-1 ${EU_SONNET}`, `eu-central-1 ${GLOBAL_SONNET}`]);
    expect(plan.candidates[0]?.reasons).toContain(
      "ranked by throughput, leads as the largest pool of capacity that has room for this request",
    );
    expect(plan.candidates[1]?.reasons).toContain("bears about 70000 tokens a minute, as far as its throttles tell");
  });
});

describe("a catalogue that changes", () => {
  it("makes the plans of every kind of request anew, also of the kind that came last", () => {
    const stage = stageRouter();
    const full = bundledCatalog();
    let catalog: Catalog = full;
    const router = new Router({ ...stage.router.options, catalog: () => catalog }, stage);
    const kinds = [planRequest(), planRequest({ streaming: false })];
    const planned = (): string[][] => kinds.map((request) => idsOf(router.plan(request).plan));
    const before = planned();
    expect(planned()).toEqual(before);
    catalog = { ...full, profilesOf: (model) => full.profilesOf(model).filter(({ id }) => id !== EU_SONNET) };
    for (const ids of planned()) expect(ids).toEqual([`eu-central-1 ${GLOBAL_SONNET}`]);
    catalog = full;
    expect(idsOf(router.plan(kinds[1]!).plan)).toEqual(before[1]);
    catalog = { ...full, profilesOf: (model) => full.profilesOf(model).filter(({ id }) => id !== EU_SONNET) };
    expect(idsOf(router.plan(kinds[1]!).plan)).toEqual([`eu-central-1 ${GLOBAL_SONNET}`]);
  });
});
