import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { type Examination, examineRoute, type Finding } from "../../../src/cli/doctor/examine-route.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../../src/simulator/index.ts";
import type { Route } from "../../../src/types/route.ts";
import { planFor } from "../../support/plans.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const HOME = "eu-central-1";
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource.close();
});

async function stage(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; examination: Examination }> {
  const simulator = await createSimulator({ timeScale: 0, ...options });
  const clients = new Map<string, BedrockRuntimeClient>();
  open.push(simulator, { close: async () => [...clients.values()].forEach((client) => void client.destroy()) });
  let now = 0;
  const send: Examination["send"] = async ({ sourceRegion: region, modelId }, maxTokens) => {
    const client =
      clients.get(region) ?? new BedrockRuntimeClient({ ...simulator.clientConfig({ region }), maxAttempts: 1 });
    clients.set(region, client);
    const messages = [{ role: "user" as const, content: [{ text: "Hi" }] }];
    await client.send(new ConverseCommand({ modelId, messages, inferenceConfig: { maxTokens } }));
  };
  return { simulator, examination: { homeRegion: HOME, send, now: () => (now += 250) } };
}

async function routes(
  sourceRegions: readonly string[] = [],
): Promise<{ geographic: Route; global: Route; all: readonly Route[] }> {
  const all = (await planFor(MODEL, HOME, { sourceRegions: [...sourceRegions] })).candidates.map(({ route }) => route);
  const of = (kind: Route["kind"]): Route =>
    all.find((route) => route.kind === kind && route.sourceRegion === HOME) as Route;
  return { geographic: of("geographic"), global: of("global"), all };
}

const summary = ({ status, family }: Finding): string => `${status} ${family ?? ""}`.trim();

describe("the examination of a route", () => {
  it("finds a route usable that answers, and how long that took", async () => {
    const { simulator, examination } = await stage();
    const { geographic } = await routes();
    expect(await examineRoute(geographic, examination)).toEqual({
      route: geographic,
      status: "usable",
      latencyMs: 250,
    });
    expect(simulator.requests()).toHaveLength(1);
    expect(simulator.requests()[0]).toMatchObject({
      modelId: geographic.modelId,
      body: { inferenceConfig: { maxTokens: 1 } },
    });
  });

  it("finds the one destination Region that the organisation denies, and leaves the global route alone", async () => {
    const { examination } = await stage({ denials: [{ destinationRegions: ["eu-north-1"] }] });
    const { geographic, global } = await routes();
    const finding = await examineRoute(geographic, examination);
    expect(summary(finding)).toBe("refused explicit-deny");
    expect(finding.why).toContain("eu-north-1, a destination Region of this profile");
    expect(summary(await examineRoute(global, examination))).toBe("usable");
  });

  it("finds the policy that forgets global inference, and the one that allows too little", async () => {
    const { examination } = await stage({
      denials: [
        { destinationRegions: ["unspecified"] },
        { destinationRegions: ["eu-west-3"], by: "no-identity-based-policy" },
      ],
    });
    const { geographic, global } = await routes();
    expect((await examineRoute(global, examination)).cure).toContain('"unspecified"');
    expect((await examineRoute(geographic, examination)).why).toContain("No identity-based policy allows");
  });

  it("names the quota that is used up", async () => {
    const { simulator, examination } = await stage({ quotas: [{ scope: "geographic", requestsPerMinute: 0 }] });
    const { geographic, global } = await routes();
    const finding = await examineRoute(geographic, examination);
    expect(summary(finding)).toBe("throttled requests-per-minute");
    expect(finding.quota).toContain("Cross-region model inference requests per minute");
    simulator.setQuota({ sourceRegion: HOME, tokensPerDay: 0 });
    expect((await examineRoute(global, examination)).quota).toContain("tokens per day");
  });

  it("tells a Region that the account has not enabled from wrong credentials", async () => {
    const { examination } = await stage({ disabledRegions: ["eu-south-1"] });
    const { all } = await routes(["eu-south-1"]);
    const elsewhere = all.find(({ sourceRegion }) => sourceRegion === "eu-south-1") as Route;
    expect(summary(await examineRoute(elsewhere, examination))).toBe("refused region-not-enabled");
    const wrong = await stage({ disabledRegions: [HOME] });
    expect(summary(await examineRoute((await routes()).geographic, wrong.examination))).toBe("refused credentials");
  });

  it.each([
    [{ kind: "access-denied" }, "refused no-model-access"],
    [{ kind: "invalid-model-id" }, "refused model-identifier-invalid"],
    [{ kind: "service-unavailable" }, "failed service-unavailable"],
    [
      { kind: "error", name: "ValidationException", status: 400, message: "The prompt is too small." },
      "reached request",
    ],
    [{ kind: "error", name: "AccessDeniedException", status: 403, message: "No." }, "refused access-denied"],
  ] as const)("tells what %o is", async (fault, expected) => {
    const { simulator, examination } = await stage();
    simulator.enqueue(fault);
    const finding = await examineRoute((await routes()).geographic, examination);
    expect(summary(finding)).toBe(expected);
    expect(finding.why).toMatch(/\.$/);
    expect(finding.error?.name).toBeDefined();
  });

  it("asks once more for 16 tokens where the model wants more than one", async () => {
    const { simulator, examination } = await stage();
    const message =
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.";
    simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message });
    expect(summary(await examineRoute((await routes()).geographic, examination))).toBe("usable");
    expect(simulator.requests().map(({ body }) => (body as { inferenceConfig: object }).inferenceConfig)).toEqual([
      { maxTokens: 1 },
      { maxTokens: 16 },
    ]);
  });
});
