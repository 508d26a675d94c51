import { setImmediate as nextTurn } from "node:timers/promises";
import { ApplyGuardrailCommand, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { Guardrail } from "../../src/simulator/index.ts";
import type { CatalogEvent } from "../../src/types/events.ts";
import { rejectionOf } from "../support/rejection.ts";
import { EU_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { openWire, untilWaiting, type Wire } from "../support/wire.ts";

const HOME = "eu-central-1";
const RESIDENCY = { regions: ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"] };
const HOUR_MS = 3_600_000;
const arnOf = (id: string, region: string): string => `arn:aws:bedrock:${region}:111122223333:guardrail/${id}`;
/** In Tel Aviv a guardrail profile reaches into the European Union. */
const LOCAL: Guardrail = { id: "local", sourceRegion: "il-central-1" };
const ABROAD: Guardrail = { id: "abroad", sourceRegion: "il-central-1", profileId: "eu.guardrail.v1:0" };
/** A bare id runs where it is called. */
const NEW_MODEL = "acme.model-v1:0";
const TEL_AVIV = {
  region: "il-central-1",
  simulator: { guardrails: [LOCAL, ABROAD] },
  routing: { residency: "home" },
} as const;

const converse = (guardrailIdentifier: string, modelId = SONNET): ConverseCommand =>
  new ConverseCommand({
    modelId,
    messages: HELLO,
    guardrailConfig: { guardrailIdentifier, guardrailVersion: "1" },
  });
const apply = (guardrailIdentifier: string): ApplyGuardrailCommand =>
  new ApplyGuardrailCommand({ guardrailIdentifier, guardrailVersion: "1", source: "INPUT", content: [] });
/** Resolves once the next answer of the control plane counts. */
async function answerFor({ client }: Wire): Promise<void> {
  await new Promise((resolve) => client.routing.on("catalog", resolve));
  await nextTurn();
}
const asked = ({ simulator }: Wire): number => simulator.requests({ operation: "GetGuardrail" }).length;
const inference = ({ simulator }: Wire): readonly string[] =>
  simulator
    .requests()
    .flatMap(({ operation, sourceRegion = "" }) => (/^(?:Get|List)/.test(operation ?? "") ? [] : [sourceRegion]));

describe("a guardrail under a residency", () => {
  it("is not asked about where it cannot leave it, nor without one", async () => {
    await using inside = await openWire({ routing: { residency: "eu" } });
    await inside.client.send(converse("local"));
    await using free = await openWire();
    await free.client.send(converse("local"));
    expect([asked(inside), asked(free)]).toEqual([0, 0]);
    const plan = await inside.client.routing.plan(converse("local"));
    expect(plan.remarks.join()).toMatch(/Nobody has said where guardrail local is evaluated/);
  });

  it("is refused where AWS says that it is evaluated outside, before anything is sent", async () => {
    await using wire = await openWire(TEL_AVIV);
    for (const command of [
      converse("abroad", NEW_MODEL),
      new InvokeModelCommand({ modelId: NEW_MODEL, body: "{}", guardrailIdentifier: "abroad", guardrailVersion: "1" }),
      apply("abroad"),
    ]) {
      const error = await rejectionOf(wire.client.send(command as ConverseCommand));
      expect(error).toMatchObject({ code: "NO_ROUTE" });
      expect(String(error)).toMatch(/guardrail abroad may be evaluated in eu-central-1, .*, outside home \(il\)/);
    }
    expect(inference(wire)).toEqual([]);
    expect(asked(wire)).toBe(1);
  });

  it("is let through where AWS says that it stays", async () => {
    await using wire = await openWire(TEL_AVIV);
    const events: CatalogEvent[] = [];
    wire.client.routing.on("catalog", (event) => events.push(event));
    await wire.client.send(apply("local"));
    await wire.client.send(apply(arnOf("local", "il-central-1")));
    expect(inference(wire)).toEqual(["il-central-1", "il-central-1"]);
    expect(asked(wire)).toBe(1);
    expect(events).toMatchObject([
      { outcome: "refreshed", detail: "guardrail local of il-central-1 is evaluated in il-central-1 alone" },
    ]);
  });

  it("is asked about again when the answer has grown old, and nobody waits for that", async () => {
    await using wire = await openWire(TEL_AVIV);
    await wire.client.send(apply("local"));
    wire.simulator.change({ guardrails: [{ ...LOCAL, profileId: "eu.guardrail.v1:0" }] });
    await wire.clock.advance(2 * HOUR_MS);
    const refreshed = answerFor(wire);
    await wire.client.send(apply("local"));
    await refreshed;
    expect(await rejectionOf(wire.client.send(apply("local")))).toMatchObject({ code: "NO_ROUTE" });
    expect(asked(wire)).toBe(2);
  });

  it("stays what it was said to be when AWS can no longer be asked", async () => {
    await using wire = await openWire(TEL_AVIV);
    await wire.client.send(apply("local"));
    wire.simulator.rule({ match: { operation: "GetGuardrail" }, fault: { kind: "access-denied" } });
    await wire.clock.advance(2 * HOUR_MS);
    const failed = new Promise((resolve) => wire.client.routing.on("catalog", resolve));
    await wire.client.send(apply("local"));
    expect(await failed).toMatchObject({ outcome: "failed", operation: "GetGuardrail", reason: "denied" });
    await wire.client.send(apply("local"));
    expect(inference(wire)).toHaveLength(3);
  });

  it("is refused where AWS cannot be asked, with the cure, and asked about again only after a while", async () => {
    await using wire = await openWire(TEL_AVIV);
    const denial = wire.simulator.rule({ match: { operation: "GetGuardrail" }, fault: { kind: "access-denied" } });
    const sent: number[] = [];
    for (let request = 0; request < 3; request += 1) {
      const error = String(await rejectionOf(wire.client.send(apply("local"))));
      expect(error).toMatch(/it is not known where guardrail local is evaluated/);
      expect(error).toMatch(/routing\.guardrails .*bedrock:GetGuardrail/);
      sent.push(asked(wire));
    }
    // The SDK may send one question twice.
    const [first = 0] = sent;
    expect(first).toBeGreaterThan(0);
    expect(sent).toEqual([first, first, first]);
    denial.remove();
    await wire.clock.advance(400_000);
    const answered = answerFor(wire);
    await rejectionOf(wire.client.send(apply("local")));
    await answered;
    await wire.client.send(apply("local"));
  });

  it("waits for AWS only so long", async () => {
    await using wire = await openWire(TEL_AVIV);
    wire.simulator.rule({ match: { operation: "GetGuardrail" }, fault: { kind: "hang" } });
    const sent = rejectionOf(wire.client.send(apply("local")));
    await untilWaiting(wire.clock);
    await wire.clock.advance(1_000);
    expect(await sent).toMatchObject({ code: "NO_ROUTE" });
    const abort = new AbortController();
    const aborted = rejectionOf(wire.client.send(apply("local"), { abortSignal: abort.signal }));
    await untilWaiting(wire.clock);
    abort.abort();
    expect(await aborted).toMatchObject({ name: "AbortError" });
  });

  it("is as the caller says, by id, ARN or for all, and then AWS is not asked", async () => {
    const guardrails = { abroad: "in-region", [arnOf("local", "il-central-1")]: ["us-east-1"] } as const;
    await using wire = await openWire({ ...TEL_AVIV, routing: { residency: "home", guardrails } });
    await wire.client.send(apply("abroad"));
    const error = await rejectionOf(wire.client.send(apply("local")));
    expect(String(error)).toMatch(/guardrail local may be evaluated in us-east-1/);
    await using all = await openWire({ ...TEL_AVIV, routing: { residency: "home", guardrails: "in-region" } });
    await all.client.send(apply("abroad"));
    expect([asked(wire), asked(all)]).toEqual([0, 0]);
  });

  it("is nobody's to ask about with the bundled table alone", async () => {
    await using wire = await openWire({ ...TEL_AVIV, routing: { residency: "home", catalog: "bundled" } });
    expect(await rejectionOf(wire.client.send(apply("local")))).toMatchObject({ code: "NO_ROUTE" });
    expect(asked(wire)).toBe(0);
  });

  it("obeys the residency of one request, and a plan knows as much", async () => {
    await using wire = await openWire({
      simulator: { guardrails: [{ id: "wide", sourceRegion: HOME, profileId: "eu.guardrail.v1:0" }] },
    });
    const routing = { residency: { regions: ["eu-central-1"] } };
    const plan = await wire.client.routing.plan(converse("wide", "amazon.titan-embed-text-v2:0"), routing);
    expect(plan.candidates).toEqual([]);
    expect(plan.rejections).toContainEqual(expect.objectContaining({ reason: "guardrail" }));
    const wider = await wire.client.routing.plan(converse("wide"), { residency: RESIDENCY });
    expect(wider.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET]);
    // The same kind of request with another residency is another plan.
    expect((await wire.client.routing.plan(converse("wide"))).candidates.length).toBeGreaterThan(1);
  });
});

describe("a guardrail of another source Region", () => {
  const IRELAND = arnOf("abc123", "eu-west-1");

  it("takes its requests there, and nowhere else", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["eu-west-1"], backupAfterMs: false } });
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converse(IRELAND));
    await wire.client.send(apply(IRELAND));
    await wire.client.send(apply("abc123"));
    expect(inference(wire)).toEqual(["eu-west-1", "eu-west-1", "eu-west-1", HOME]);
    const plan = await wire.client.routing.plan(converse(IRELAND));
    const elsewhere = plan.rejections.filter(({ reason }) => reason === "pinned");
    expect(new Set(elsewhere.map(({ detail }) => detail))).toEqual(new Set(["the guardrail exists in eu-west-1 only"]));
  });

  it("goes home where that Region may not be called, or routing is off", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["eu-north-1"] } });
    await wire.client.send(apply(IRELAND));
    await using off = await openWire({ routing: { sourceRegions: ["eu-west-1"] } });
    await off.client.send(converse(IRELAND, EU_SONNET), { routing: { route: "off" } });
    expect([...inference(wire), ...inference(off)]).toEqual([HOME, HOME]);
  });

  it("must meet the residency there", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["us-east-1"], residency: "eu" } });
    const virginia = arnOf("abc123", "us-east-1");
    for (const command of [converse(virginia), apply(virginia)]) {
      expect(await rejectionOf(wire.client.send(command as ConverseCommand))).toMatchObject({ code: "NO_ROUTE" });
    }
    expect(inference(wire)).toEqual([]);
  });
});
