import { setImmediate as nextTurn } from "node:timers/promises";
import { ValidationException } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createRoutedClient, type RoutedBedrockRuntimeClient } from "../../src/client/create-routed-client.ts";
import type { RoutedClientConfig, RoutingOptions } from "../../src/options/options.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog } from "../../src/profiles/catalog.ts";
import { overlayCatalog } from "../../src/profiles/overlay-catalog.ts";
import { getRouting } from "../../src/router/reports.ts";
import { createSimulator, type Reply, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { NoRouteError } from "../../src/types/errors.ts";
import type { CatalogEvent } from "../../src/types/events.ts";
import { listingOf } from "../support/listings.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { openWire, untilWaiting } from "../support/wire.ts";

const HOME = "eu-central-1";
const HOUR_MS = 3_600_000;
const ACCOUNT = `arn:aws:bedrock:${HOME}:111122223333`;
const APP = `${ACCOUNT}:application-inference-profile/chat`;
const PROVISIONED = `${ACCOUNT}:provisioned-model/abcdefghijkl`;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

describe("a client with the live catalogue", () => {
  it("routes by what the Region lists, over the real SDK, and names the source in its plans", async () => {
    const { client, events } = await setUp({
      routing: { catalog: "live" },
      simulator: { catalog: world({ without: EU_SONNET }) },
    });
    const plan = await client.routing.plan(SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([GLOBAL_SONNET]);
    expect(plan.catalog).toMatch(/^live eu-central-1 20\d\d-\d\d-\d\dT\d\d:\d\dZ, else bundled, 2026-11-20$/);
    expect(events).toMatchObject([{ outcome: "refreshed", sourceRegion: HOME, changed: true }]);
  });

  it("sends a retired profile no request", async () => {
    const { client, simulator } = await setUp({
      routing: { catalog: "live" },
      simulator: { catalog: world({ without: EU_SONNET }) },
    });
    const response = await client.send(converseCommand());
    expect(getRouting(response)?.attempts.map(({ route }) => route.modelId)).toEqual([GLOBAL_SONNET]);
    expect(simulator.requests({ modelId: EU_SONNET })).toEqual([]);
  });

  it("knows a model and a profile that are newer than the bundled table", async () => {
    const profile = { id: "eu.anthropic.claude-next-1", destinations: [HOME, "eu-west-1"] };
    const { client } = await setUp({
      routing: { catalog: "live", policy: "residency" },
      simulator: { catalog: world({ added: profile }) },
    });
    const response = await client.send(converseCommand("anthropic.claude-next-1"));
    expect(getRouting(response)?.route?.modelId).toBe("eu.anthropic.claude-next-1");
    const bundled = await setUp({ routing: { catalog: "bundled" }, simulator: { catalog: world({ added: profile }) } });
    // Sent as given, and refused by the service.
    expect(await rejectionOf(bundled.client.send(converseCommand("anthropic.claude-next-1")))).toBeInstanceOf(
      ValidationException,
    );
  });

  it("notices profiles that are withdrawn or appear while it runs, and never waits for that", async () => {
    await using wire = await openWire({ routing: { catalog: "live" } });
    const { client, simulator, clock } = wire;
    expect(getRouting(await client.send(converseCommand()))?.route?.modelId).toBe(EU_SONNET);
    simulator.change({ catalog: world({ without: EU_SONNET }) });
    await clock.advance(2 * HOUR_MS);
    const refreshed = new Promise((resolve) => client.routing.on("catalog", resolve));
    // It still goes by the old table while the new one is fetched; AWS refuses, and the request fails over.
    const response = await client.send(converseCommand());
    expect(getRouting(response)?.attempts.map(({ route, outcome }) => [route.modelId, outcome])).toEqual([
      [EU_SONNET, "invalid-route"],
      [GLOBAL_SONNET, "succeeded"],
    ]);
    expect(await refreshed).toMatchObject({ outcome: "refreshed", changed: true });
    const after = await client.routing.plan(SONNET);
    expect(after.candidates.map(({ route }) => route.modelId)).toEqual([GLOBAL_SONNET]);
    expect(after.rejections.find(({ route }) => route.modelId === EU_SONNET)?.reason).toBe("not-a-source-region");
  });

  it.each<[string, (simulator: Simulator) => void, string]>([
    ["is denied", (simulator) => fault(simulator, { kind: "access-denied" }), "denied"],
    ["is throttled", (simulator) => fault(simulator, { kind: "throttle" }), "throttled"],
    ["breaks down", (simulator) => fault(simulator, { kind: "html-503" }), "service-error"],
    ["resets its connections", (simulator) => fault(simulator, { kind: "reset" }), "unreachable"],
    [
      "answers an empty list",
      (simulator) =>
        fault(simulator, {
          kind: "respond",
          status: 200,
          body: '{"inferenceProfileSummaries":[],"modelSummaries":[]}',
        }),
      "malformed",
    ],
  ])("goes by the bundled table when the control plane %s, and says so", async (_how, script, reason) => {
    const { client, simulator, events } = await setUp({ routing: { catalog: "live" } });
    script(simulator);
    const response = await client.send(converseCommand());
    expect(getRouting(response)?.route?.modelId).toBe(EU_SONNET);
    const failed = events.filter(({ outcome }) => outcome === "failed");
    expect(failed.map((event) => [event.operation, event.reason])).toEqual(
      expect.arrayContaining([
        ["ListInferenceProfiles", reason],
        ["ListFoundationModels", reason],
      ]),
    );
    expect(JSON.stringify(failed)).not.toMatch(/user\/|SECRET|wJalr/);
  });

  it("does not wait longer than it was told for a control plane that is silent", async () => {
    await using wire = await openWire({ routing: { catalog: { live: { firstWaitMs: 250 } } } });
    const { client, simulator, clock } = wire;
    fault(simulator, { kind: "hang" });
    const sent = client.send(converseCommand());
    await untilWaiting(clock);
    await simulator.takeRequest({ operation: "ListFoundationModels" });
    expect(simulator.requests({ operation: "Converse" })).toEqual([]);
    await clock.advance(250);
    expect(getRouting(await sent)?.route?.modelId).toBe(EU_SONNET);
    await client.send(converseCommand());
    expect(clock.now()).toBe(250);
  });

  it("lets the caller give up while it waits", async () => {
    await using wire = await openWire({ routing: { catalog: "live" } });
    const { client, simulator, clock } = wire;
    fault(simulator, { kind: "hang" });
    const controller = new AbortController();
    const sent = rejectionOf(client.send(converseCommand(), { abortSignal: controller.signal }));
    await untilWaiting(clock);
    controller.abort();
    expect(await sent).toMatchObject({ name: "AbortError" });
    expect(clock.now()).toBe(0);
    expect(simulator.requests({ operation: "Converse" })).toEqual([]);
  });

  it("learns its home Region when the SDK does", async () => {
    const { client, events } = await setUp({
      routing: { catalog: "live" },
      config: { region: async () => "eu-north-1" },
    });
    await client.send(converseCommand());
    expect(events.map(({ sourceRegion }) => sourceRegion)).toEqual(["eu-north-1"]);
  });

  it("lists every source Region, and goes by the bundled table for one that the account has not enabled", async () => {
    const { client, simulator, events } = await setUp({
      routing: { catalog: "live", sourceRegions: ["eu-north-1", "eu-south-1"] },
      simulator: { catalog: world({ without: EU_SONNET, region: "eu-north-1" }), disabledRegions: ["eu-south-1"] },
    });
    const plan = await client.routing.plan(SONNET);
    const keys = plan.candidates.map(({ route }) => route.key);
    expect(keys).toContain(`${HOME}|${EU_SONNET}`);
    expect(keys).toContain(`eu-south-1|${EU_SONNET}`);
    expect(keys).not.toContain(`eu-north-1|${EU_SONNET}`);
    expect(events.filter(({ reason }) => reason === "denied").map(({ sourceRegion }) => sourceRegion)).toContain(
      "eu-south-1",
    );
    expect(simulator.requests({ operation: "Converse" })).toEqual([]);
  });

  it("stops listing when it is destroyed", async () => {
    const { client, simulator } = await setUp({ routing: { catalog: "live" } });
    fault(simulator, { kind: "hang" });
    const planned = client.routing.plan(SONNET);
    const listing = await simulator.takeRequest({ operation: "ListFoundationModels" });
    client.destroy();
    expect((await planned).catalog).toBe("bundled, 2026-11-20");
    while (listing.outcome === undefined) await nextTurn();
    expect(listing.outcome.clientCancelled).toBe(true);
  });

  it("uses nobody's application profiles unasked: they are cost tags", async () => {
    const applicationProfiles = [{ id: "chat", sourceRegion: HOME, copyFrom: EU_SONNET }];
    const { client } = await setUp({ routing: { catalog: "live" }, simulator: { applicationProfiles } });
    const plan = await client.routing.plan(SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET, GLOBAL_SONNET]);
  });
});

describe("a client with the catalogue that it has unless told otherwise", () => {
  const NEXT = "anthropic.claude-next-1";
  const listings = (simulator: Simulator): readonly string[] =>
    simulator.requests().flatMap(({ operation }) => (operation?.startsWith("List") ? [operation] : []));
  /** A model that Frankfurt and Ireland serve by themselves. */
  const inRegion = (): Catalog => ({
    ...bundledCatalog(),
    inRegionRegions: (model) => (model === NEXT ? [HOME, "eu-west-1"] : bundledCatalog().inRegionRegions(model)),
    models: () => [...bundledCatalog().models(), NEXT],
  });

  it("asks nobody while nothing is missing", async () => {
    const { client, simulator } = await setUp({ routing: { sourceRegions: ["eu-west-1"] } });
    for (const modelId of [SONNET, EU_SONNET, GLOBAL_SONNET]) await client.send(converseCommand(modelId));
    await nextTurn();
    expect(listings(simulator)).toEqual([]);
  });

  it.each([
    [NEXT, { countries: ["DE"] }],
    [`arn:aws:bedrock:${HOME}::foundation-model/${NEXT}`, { regions: [HOME] }],
    [NEXT, "any"],
  ] as const)(
    "serves %s, which it does not know, under residency %j, and fails over once it does",
    async (modelId, residency) => {
      const { client, simulator, events } = await setUp({
        routing: { residency, sourceRegions: ["eu-west-1"] },
        simulator: { catalog: inRegion() },
      });
      const response = await client.send(converseCommand(modelId));
      expect(getRouting(response)?.route).toMatchObject({ sourceRegion: HOME, modelId, destinationRegions: [HOME] });
      expect(simulator.requests({ operation: "Converse" })).toHaveLength(1);
      while (events.length < 2) await nextTurn();
      expect((await client.routing.plan(modelId)).unlisted).toBeUndefined();
    },
  );

  it("knows a profile that has come out since, under a residency by country and with several source Regions", async () => {
    const profile = { id: `eu.${NEXT}`, destinations: [HOME, "eu-central-1"] };
    const { client, simulator, events } = await setUp({
      routing: { residency: { countries: ["DE"] }, sourceRegions: ["eu-west-1"] },
      simulator: { catalog: world({ added: profile }) },
    });
    // The service wants a profile, which nobody here has heard of yet.
    expect(await rejectionOf(client.send(converseCommand(NEXT)))).toBeInstanceOf(ValidationException);
    while (events.length < 2) await nextTurn();
    expect(getRouting(await client.send(converseCommand(NEXT)))?.route?.modelId).toBe(profile.id);
    expect(listings(simulator)).toHaveLength(6);
  });

  it("asks once when no route is left, and the next request may have one", async () => {
    const { client, events } = await setUp({
      routing: { residency: { countries: ["DE"] } },
      simulator: { catalog: world({ added: { id: `eu.${SONNET}`, destinations: [HOME] }, without: EU_SONNET }) },
    });
    expect(await rejectionOf(client.send(converseCommand()))).toBeInstanceOf(NoRouteError);
    while (events.length < 1) await nextTurn();
    expect(getRouting(await client.send(converseCommand()))?.route?.modelId).toBe(EU_SONNET);
  });

  it("goes on without AWS's word, and says so once", async () => {
    const { client, simulator, events } = await setUp({ simulator: { catalog: inRegion() } });
    fault(simulator, { kind: "access-denied" });
    for (let request = 0; request < 5; request += 1) {
      expect(getRouting(await client.send(converseCommand(NEXT)))?.route?.modelId).toBe(NEXT);
    }
    while (events.length < 2) await nextTurn();
    expect(events.map(({ operation, reason }) => [operation, reason]).sort()).toEqual([
      ["ListFoundationModels", "denied"],
      ["ListInferenceProfiles", "denied"],
    ]);
  });

  it("waits for nothing while AWS is silent", async () => {
    await using wire = await openWire({ simulator: { catalog: inRegion() } });
    fault(wire.simulator, { kind: "hang" });
    // The clock stands still: a request that waited would never end.
    await wire.client.send(converseCommand(NEXT));
    expect(wire.calls().filter((call) => call.endsWith(NEXT))).toHaveLength(1);
  });

  it("plans without asking anybody", async () => {
    const { client, simulator } = await setUp({ simulator: { catalog: inRegion() } });
    expect((await client.routing.plan(NEXT)).unlisted).toBe(true);
    await nextTurn();
    expect(listings(simulator)).toEqual([]);
  });
});

describe("an application profile of the caller", () => {
  const copying = (copyFrom: string): SimulatorOptions => ({
    applicationProfiles: [{ id: "chat", sourceRegion: HOME, copyFrom }],
  });
  const routes = { [SONNET]: [{ modelId: APP }] };

  it("is looked up by its ARN, and used under a residency that its destination Regions meet", async () => {
    const { client, simulator } = await setUp({
      routing: { policy: "residency", routes },
      simulator: copying(EU_SONNET),
    });
    const response = await client.send(converseCommand());
    const { route, plan } = getRouting(response)!;
    expect(route).toMatchObject({ modelId: APP, kind: "application", geography: "eu" });
    expect(plan.rejections.find(({ reason }) => reason === "replaced")?.route.modelId).toBe(EU_SONNET);
    await client.send(converseCommand());
    expect(simulator.requests({ operation: "GetInferenceProfile" })).toHaveLength(1);
    expect(simulator.requests({ operation: "ListInferenceProfiles" })).toEqual([]);
  });

  it("that copies a global profile is refused by a residency", async () => {
    const { client } = await setUp({ routing: { policy: "residency", routes }, simulator: copying(GLOBAL_SONNET) });
    const plan = await client.routing.plan(SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET]);
    expect(plan.rejections.find(({ route }) => route.modelId === APP)).toMatchObject({ reason: "residency" });
  });

  it("fails closed when it cannot be looked up", async () => {
    const { client, simulator, events } = await setUp({
      routing: { policy: "residency", routes },
      simulator: copying(EU_SONNET),
    });
    simulator.rule({ match: { operation: "GetInferenceProfile" }, fault: { kind: "access-denied" } });
    const response = await client.send(converseCommand());
    expect(getRouting(response)?.route?.modelId).toBe(EU_SONNET);
    expect(events).toMatchObject([{ outcome: "failed", operation: "GetInferenceProfile", reason: "denied" }]);
  });

  it("that is throttled is not followed by the profile that it copies: both have one quota", async () => {
    const { client, simulator } = await setUp({ routing: { routes }, simulator: copying(EU_SONNET) });
    simulator.setQuota({ sourceRegion: HOME, scope: "geographic", requestsPerMinute: 0 });
    const response = await client.send(converseCommand());
    expect(getRouting(response)?.attempts.map(({ route, outcome }) => [route.modelId, outcome])).toEqual([
      [APP, "throttled"],
      [GLOBAL_SONNET, "succeeded"],
    ]);
  });

  it("gives its place back when it is gone, while the catalogue is live", async () => {
    await using wire = await openWire({ routing: { routes, catalog: "live" }, simulator: copying(EU_SONNET) });
    const { client, simulator, clock } = wire;
    expect(getRouting(await client.send(converseCommand()))?.route?.modelId).toBe(APP);
    simulator.change({ applicationProfiles: [] });
    await clock.advance(2 * HOUR_MS);
    const gone = new Promise<void>((resolve) => {
      client.routing.on("catalog", ({ operation }) => operation === "GetInferenceProfile" && resolve());
    });
    await client.send(converseCommand());
    await gone;
    while ((await client.routing.plan(SONNET)).rejections.some(({ reason }) => reason === "replaced")) await nextTurn();
    expect((await client.routing.plan(SONNET)).candidates.map(({ route }) => route.modelId)).toContain(EU_SONNET);
  });

  it("passed as the modelId is used as it is, and by nothing else", async () => {
    const { client, simulator } = await setUp({
      routing: { policy: "residency", routes },
      simulator: copying(EU_SONNET),
    });
    expect(getRouting(await client.send(converseCommand(APP)))?.route).toMatchObject({ modelId: APP, model: SONNET });
    simulator.setQuota({ sourceRegion: HOME, requestsPerMinute: 0 });
    const error = await rejectionOf(client.send(converseCommand(APP)));
    expect(getRouting(error)?.attempts.map(({ route }) => route.modelId)).toEqual([APP, APP]);
  });

  it("passed as the modelId meets a residency by what the live listing says of it", async () => {
    const { client } = await setUp({
      routing: { policy: "residency", catalog: "live" },
      simulator: copying(EU_SONNET),
    });
    expect(getRouting(await client.send(converseCommand(APP)))?.route?.destinationRegions).toContain("eu-north-1");
    const global = await setUp({
      routing: { policy: "residency", catalog: "live" },
      simulator: copying(GLOBAL_SONNET),
    });
    expect(await rejectionOf(global.client.send(converseCommand(APP)))).toBeInstanceOf(NoRouteError);
  });
});

describe("a provisioned model of the caller", () => {
  const provisionedModels = [{ id: "abcdefghijkl", sourceRegion: HOME, model: SONNET }];
  const routes = { [SONNET]: [{ modelId: PROVISIONED }] };

  it("comes first, and spills to on-demand profiles when it is throttled", async () => {
    const { client, simulator } = await setUp({ routing: { routes }, simulator: { provisionedModels } });
    expect(getRouting(await client.send(converseCommand()))?.route?.modelId).toBe(PROVISIONED);
    simulator.setQuota({ scope: "provisioned", requestsPerMinute: 0 });
    expect(getRouting(await client.send(converseCommand()))?.attempts.map(({ route }) => route.modelId)).toEqual([
      PROVISIONED,
      EU_SONNET,
    ]);
  });

  it("spills nowhere that the residency does not allow", async () => {
    const residency = { regions: [HOME] };
    const { client, simulator } = await setUp({ routing: { routes, residency }, simulator: { provisionedModels } });
    simulator.setQuota({ scope: "provisioned", requestsPerMinute: 0 });
    const error = await rejectionOf(client.send(converseCommand()));
    expect(error).toMatchObject({ name: "ThrottlingException" });
    expect(new Set(getRouting(error)?.attempts.map(({ route }) => route.modelId))).toEqual(new Set([PROVISIONED]));
  });
});

describe("several source Regions", () => {
  it("a throttled profile is followed by the best route that is left, in whatever Region, until that throttles too", async () => {
    const { client, simulator } = await setUp({
      routing: { sourceRegions: ["eu-north-1"] },
      simulator: { quotas: [{ sourceRegion: HOME, scope: "geographic", requestsPerMinute: 1 }] },
    });
    const keys: (string | undefined)[] = [];
    for (let request = 0; request < 4; request += 1) {
      keys.push(getRouting(await client.send(converseCommand()))?.route?.key);
    }
    // Which one that is depends on how long the first answer took here.
    expect(keys[0]).toBe(`${HOME}|${EU_SONNET}`);
    for (const key of keys.slice(1)) expect([`${HOME}|${GLOBAL_SONNET}`, `eu-north-1|${EU_SONNET}`]).toContain(key);
    simulator.setQuota({ sourceRegion: HOME, scope: "global", requestsPerMinute: 0 });
    expect(getRouting(await client.send(converseCommand()))?.route?.sourceRegion).toBe("eu-north-1");
  });

  it("an opt-in Region that the account has not enabled is put aside, and the others serve", async () => {
    const { client, simulator } = await setUp({
      routing: { sourceRegions: ["eu-south-1", "eu-north-1"], policy: "residency" },
      config: { maxAttempts: 3 },
      simulator: {
        disabledRegions: ["eu-south-1"],
        quotas: [{ sourceRegion: HOME, requestsPerMinute: 0 }],
      },
    });
    for (let request = 0; request < 3; request += 1) {
      expect(getRouting(await client.send(converseCommand()))?.route?.sourceRegion).toBe("eu-north-1");
    }
    expect(
      simulator.requests({ operation: "Converse" }).filter(({ authentication }) => authentication === "refused").length,
    ).toBeLessThanOrEqual(1);
  });
});

interface Setting {
  readonly client: RoutedBedrockRuntimeClient;
  readonly simulator: Simulator;
  readonly events: CatalogEvent[];
}

async function setUp(options: {
  readonly routing?: Partial<RoutingOptions>;
  readonly simulator?: SimulatorOptions;
  readonly config?: Partial<RoutedClientConfig>;
}): Promise<Setting> {
  const simulator = await createSimulator({ timeScale: 0, ...options.simulator });
  const client = createRoutedClient({
    ...simulator.clientConfig({ region: HOME }),
    maxAttempts: 2,
    ...options.config,
    routing: { policy: "latency", ...options.routing },
  });
  const events: CatalogEvent[] = [];
  client.routing.on("catalog", (event) => events.push(event));
  open.push(simulator, { [Symbol.asyncDispose]: async () => client.destroy() });
  return { client, simulator, events };
}

/** The bundled table, less one profile in one Region, or with a new one there. */
function world(change: {
  readonly without?: string;
  readonly region?: string;
  readonly added?: { readonly id: string; readonly destinations: readonly string[] };
}): Catalog {
  const { without, region = HOME, added } = change;
  const listing = listingOf(bundledCatalog(), region);
  const kept = (listing.profiles ?? []).filter(({ id }) => id !== without);
  const fresh =
    added === undefined
      ? []
      : [{ id: added.id, model: added.id.replace(/^\w+\./, ""), destinationRegions: added.destinations }];
  return overlayCatalog(bundledCatalog(), {
    name: () => "world",
    listings: [{ ...listing, profiles: [...kept, ...fresh] }],
  });
}

function fault(simulator: Simulator, reply: Reply): void {
  for (const operation of ["ListInferenceProfiles", "ListFoundationModels"] as const) {
    simulator.rule({ match: { operation }, fault: reply });
  }
}
