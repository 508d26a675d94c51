import {
  ApplyGuardrailCommand,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  ListAsyncInvokesCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { operationOf } from "../../src/client/operations.ts";
import { planRequestOf } from "../../src/client/plan-request.ts";
import type { SdkCommand } from "../../src/client/retarget.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { ClientRouting, type Routing } from "../../src/router/routing.ts";
import { HomeRegionError } from "../../src/types/errors.ts";
import { EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { type RouterStage, stageRouter } from "../support/router.ts";

function stage(options: Partial<RoutingOptions> = {}): RouterStage & { readonly routing: Routing } {
  const made = stageRouter(options);
  return { ...made, routing: routingOf(made, async () => "eu-central-1") };
}

function routingOf({ router, ...observation }: RouterStage, homeRegion: () => Promise<string>): Routing {
  return new ClientRouting(router, observation, homeRegion, (command, region, overrides) =>
    planRequestOf((command as SdkCommand).input, operationOf(command), region, router, overrides),
  );
}

describe("client.routing.plan()", () => {
  it("plans a bare modelId as a streaming request", async () => {
    const { routing, health } = stage();
    const plan = await routing.plan(SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET, GLOBAL_SONNET]);
    const track = health.track(plan.candidates[0]!.route, { workload: "default", streaming: true });
    track.started("first");
    track.answered(400);
    expect((await routing.plan(SONNET)).candidates[0]?.samples).toBe(1);
    const unary = new ConverseCommand({ modelId: SONNET, messages: HELLO });
    expect((await routing.plan(unary)).candidates[0]?.samples).toBe(0);
    const streaming = new ConverseStreamCommand({ modelId: SONNET, messages: HELLO });
    expect((await routing.plan(streaming)).candidates[0]?.samples).toBe(1);
  });

  it("plans a command with what its input binds it to", async () => {
    const { routing } = stage({ sourceRegions: ["eu-west-1"] });
    const guardrailConfig = { guardrailIdentifier: "gr-1", guardrailVersion: "1" };
    const plan = await routing.plan(new ConverseCommand({ modelId: SONNET, messages: HELLO, guardrailConfig }));
    expect(new Set(plan.candidates.map(({ route }) => route.sourceRegion))).toEqual(new Set(["eu-central-1"]));
    expect(plan.rejections.filter(({ reason }) => reason === "pinned").map(({ detail }) => detail)).toEqual([
      "the guardrail exists in the home Region only",
      "the guardrail exists in the home Region only",
    ]);
  });

  it("knows no binding to the home Region where there is no other, as when the request is sent", async () => {
    const { routing } = stage();
    const guardrailConfig = { guardrailIdentifier: "gr-1", guardrailVersion: "1" };
    const bound = await routing.plan(new ConverseCommand({ modelId: SONNET, messages: HELLO, guardrailConfig }));
    expect(bound).toBe(await routing.plan(new ConverseCommand({ modelId: SONNET, messages: HELLO })));
  });

  it("plans an operation that takes its modelId as it is with that one route", async () => {
    const { routing } = stage({ sourceRegions: ["eu-west-1"] });
    const plan = await routing.plan(
      new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: HELLO } } }),
    );
    expect(plan.candidates.map(({ route }) => route.key)).toEqual([`eu-central-1|${SONNET}`]);
  });

  it("obeys the options of one request", async () => {
    const plan = await stage().routing.plan(SONNET, { residency: "eu" });
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET]);
  });

  it.each([
    ["a command without a model", new ListAsyncInvokesCommand({}), "an object with keys"],
    ["a guardrail command", new ApplyGuardrailCommand({} as never), "an object with keys"],
    ["a number", 5, "5"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
  ])("refuses %s", async (_title, value, received) => {
    await expect(stage().routing.plan(value as never)).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringContaining(`must be a modelId or a command with one, got ${received}`),
    });
  });

  it("tells nobody that a request was planned, because there is none", async () => {
    const { routing } = stage();
    let plans = 0;
    routing.on("plan", () => {
      plans += 1;
    });
    await routing.plan(SONNET);
    expect(plans).toBe(0);
  });

  it("fails when the home Region cannot be resolved", async () => {
    const routing = routingOf(stageRouter(), () => Promise.reject(new HomeRegionError(new Error("none"))));
    await expect(routing.plan(SONNET)).rejects.toBeInstanceOf(HomeRegionError);
  });
});

describe("client.routing", () => {
  it("gives the statistics of the routes that were tried", async () => {
    const { routing, health } = stage();
    expect(routing.stats()).toEqual([]);
    const { candidates } = await routing.plan(SONNET);
    const track = health.track(candidates[1]!.route, { workload: "default", streaming: true });
    track.started("first");
    track.answered(400);
    track.succeeded(900);
    expect(routing.stats()).toMatchObject([{ route: { modelId: GLOBAL_SONNET }, attempts: 1, successes: 1 }]);
  });

  it("lets listeners come and go", () => {
    const { routing, emitter } = stage();
    const heard: string[] = [];
    const listener = ({ family }: { readonly family: string }): void => {
      heard.push(family);
    };
    const event = (family: string) => () => ({ family }) as never;
    routing.on("cooldown", listener);
    emitter.emit("cooldown", event("first"));
    routing.off("cooldown", listener);
    emitter.emit("cooldown", event("second"));
    expect(heard).toEqual(["first"]);
  });
});
