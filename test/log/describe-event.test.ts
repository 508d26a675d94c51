import { describe, expect, it } from "vitest";
import { describeEvent, logRouting } from "../../src/log/index.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import type { AttemptEvent, RequestEvent, RoutingEvents } from "../../src/types/events.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, SONNET } from "../support/requests.ts";
import { planOf, requestInfo, routeOf } from "../support/routes.ts";
import { openWire } from "../support/wire.ts";

const US = routeOf("us");
const GLOBAL = routeOf("global");
const request = requestInfo(planOf("us", "global"), { defaultRoute: US });
const attempt: AttemptEvent = {
  ...{ request, number: 1, cause: "first", route: US, workload: "default", streaming: true, startedAt: 0 },
  outcome: "succeeded",
  ttfbMs: 512.4,
  totalMs: 1_400,
};
const over: RequestEvent = { request, outcome: "succeeded", route: US, attempts: 1, ttfbMs: 512.4, totalMs: 1_400 };
const throttled = { outcome: "throttled", family: "tokens-per-minute", errorName: "ThrottlingException" } as const;

describe("describeEvent", () => {
  it.each<[{ [Name in keyof RoutingEvents]: [Name, RoutingEvents[Name]] }[keyof RoutingEvents], string, string]>([
    [
      ["plan", { plan: request.plan }],
      "debug",
      `Planned ${SONNET}: first us.${SONNET} from us-east-1, 2 candidates, 0 rejected`,
    ],
    [["plan", { plan: planOf() }], "debug", `No route for ${SONNET} from us-east-1: 0 candidates, 0 rejected`],
    [
      ["attempt", attempt],
      ...([
        "debug",
        `Attempt 1 (first) on us.${SONNET} from us-east-1 succeeded, first byte after 512 ms, 1400 ms in all`,
      ] as const),
    ],
    [
      ["attempt", { ...attempt, ...throttled }],
      ...([
        "info",
        `Attempt 1 (first) on us.${SONNET} from us-east-1 was throttled (tokens-per-minute, ThrottlingException), first byte after 512 ms, 1400 ms in all`,
      ] as const),
    ],
    [
      ["request", over],
      ...([
        "debug",
        `ConverseStream of ${SONNET} succeeded on us.${SONNET} from us-east-1 after 1 attempt, first byte after 512 ms, 1400 ms in all`,
      ] as const),
    ],
    [
      ["failover", { request, from: US, to: GLOBAL, kind: "throttled", family: "tokens-per-minute" }],
      "info",
      `Failover from us.${SONNET} from us-east-1 to global.${SONNET} from us-east-1: throttled (tokens-per-minute)`,
    ],
    [
      ["backup", { request, from: US, to: GLOBAL, because: "late", afterMs: 2_000.4 }],
      "info",
      `Backup on global.${SONNET} from us-east-1: us.${SONNET} from us-east-1 is silent for 2000 ms (late)`,
    ],
    [
      ["cooldown", { route: US, scope: "route", family: "tokens-per-minute", forMs: 5_000, until: 1 }],
      "info",
      `us.${SONNET} from us-east-1 is postponed for 5 s: tokens-per-minute`,
    ],
    [
      ["cooldown", { route: US, scope: "model", family: "tokens-per-day", forMs: 1_800_000, until: 1 }],
      "warn",
      `Every route of ${SONNET} in us-east-1 is postponed for 30 min: tokens-per-day`,
    ],
    [
      ["cooldown", { route: US, scope: "region", family: "region-not-enabled", forMs: 300_000, until: 1 }],
      "warn",
      "Everything in us-east-1 is postponed for 5 min: region-not-enabled",
    ],
    [
      ["catalog", { outcome: "refreshed", sourceRegion: "us-east-1", changed: false, detail: "nothing new" }],
      "debug",
      "Catalogue of us-east-1: nothing new",
    ],
    [
      ["catalog", { outcome: "failed", sourceRegion: "us-east-1", reason: "denied", detail: "not allowed" }],
      "warn",
      "Catalogue of us-east-1: not allowed",
    ],
  ])("says %j", ([name, event], level, message) => {
    const described = describeEvent(name, event as never);
    expect(described).toMatchObject({ level, message, fields: { event: name } });
  });

  it.each<[Partial<RequestEvent>, string]>([
    [{ attempts: 2 }, "info"],
    [throttled, "warn"],
    [{ outcome: "no-route", attempts: 0 }, "warn"],
    [{ outcome: "cancelled", family: "abandoned" }, "debug"],
  ])("takes a request with %j for %s", (differs, level) => {
    expect(describeEvent("request", { ...over, ...differs }).level).toBe(level);
  });

  it("gives the same to machines, flat, without what is absent", () => {
    expect(describeEvent("attempt", { ...attempt, usage: { inputTokens: 3, outputTokens: 4 } }).fields).toEqual({
      ...{ event: "attempt", modelId: `us.${SONNET}`, sourceRegion: "us-east-1", kind: "geographic", geography: "us" },
      ...{
        number: 1,
        cause: "first",
        outcome: "succeeded",
        ttfbMs: 512,
        totalMs: 1_400,
        inputTokens: 3,
        outputTokens: 4,
      },
    });
  });

  it("leaves the account out of an ARN", () => {
    const modelId = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/team-a";
    const route = { ...US, modelId, model: modelId };
    const described = describeEvent("request", {
      ...over,
      route,
      request: { ...request, plan: { ...request.plan, model: modelId } },
    });
    expect(JSON.stringify(described)).not.toContain("123456789012");
    expect(described.fields).toMatchObject({ modelId: "application-inference-profile/team-a" });
  });
});

describe("logRouting", () => {
  it("writes what matters, with nothing of prompts, answers or error texts", async () => {
    await using wire = await openWire();
    const lines: string[] = [];
    const end = logRouting(wire.client, (description) => lines.push(JSON.stringify(description)));
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converseCommand());
    wire.simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message: "secret is too long" });
    await rejectionOf(wire.client.send(converseCommand()));
    expect(lines.map((line) => JSON.parse(line).fields.event)).toEqual([
      ...["attempt", "cooldown", "failover", "request"],
      "request",
    ]);
    expect(lines.join()).not.toMatch(/secret|Hello/);
    end();
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "throttle" } });
    await wire.client.send(converseCommand());
    expect(lines).toHaveLength(5);
  });

  it.each([
    ["debug", 7],
    ["info", 3],
    ["warn", 1],
  ] as const)("leaves out what matters less than %s", (level, count) => {
    const emitter = new RoutingEmitter();
    let written = 0;
    logRouting({ routing: emitter }, () => ++written, { level });
    emitter.emit("plan", () => ({ plan: request.plan }));
    emitter.emit("attempt", () => attempt);
    emitter.emit("request", () => over);
    emitter.emit("backup", () => ({ request, from: US, to: GLOBAL, because: "late", afterMs: 1 }));
    emitter.emit("attempt", () => ({ ...attempt, ...throttled }));
    emitter.emit("attempt", () => ({ ...attempt, outcome: "cancelled" }));
    emitter.emit("request", () => ({ ...over, ...throttled }));
    expect(written).toBe(count);
  });
});
