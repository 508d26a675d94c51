import { describe, expect, it } from "vitest";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { FirstByteRule } from "../../src/plan/first-byte-deadline.ts";
import { deadlineScale } from "../../src/router/deadline-scale.ts";
import { SONNET } from "../support/requests.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const ADAPTIVE: FirstByteRule = { streaming: true, firstByteTimeoutMs: "adaptive", hedgeDelayMs: "adaptive" };
const slice = { workload: "default", streaming: true };
const prompt = { model: SONNET, inputBytes: 10 };

describe("the patience with a model that thinks before it speaks", () => {
  it("is what its streams have taken from their first event to their content", () => {
    expect(deadlineScale(prompt, slice, ADAPTIVE, thinking())).toEqual({
      late: 1,
      hedge: 1,
      lateContentMs: 9_000,
      hedgeContentMs: 9_000,
    });
  });

  it.each([
    ["another model", { ...prompt, model: "amazon.nova-2-lite-v1:0" }, slice],
    ["another workload", prompt, { ...slice, workload: "batch" }],
    ["a unary call, which has no first event", prompt, { ...slice, streaming: false }],
  ])("says nothing of %s", (_, other, otherSlice) => {
    expect(deadlineScale(other, otherSlice, ADAPTIVE, thinking())).toMatchObject({
      lateContentMs: 0,
      hedgeContentMs: 0,
    });
  });

  it("leaves what the caller has fixed as it is", () => {
    const fixedLate = { ...ADAPTIVE, firstByteTimeoutMs: 3_000 };
    const fixedHedge = { ...ADAPTIVE, hedgeDelayMs: 700 };
    expect(deadlineScale(prompt, slice, fixedLate, thinking())).toMatchObject({
      lateContentMs: 0,
      hedgeContentMs: 9_000,
    });
    expect(deadlineScale(prompt, slice, fixedHedge, thinking())).toMatchObject({
      lateContentMs: 9_000,
      hedgeContentMs: 0,
    });
  });
});

function thinking(): RouteHealth {
  const health = new RouteHealth(
    new VirtualClock(),
    () => 0.5,
    () => {},
  );
  for (let answer = 0; answer < 10; answer += 1) health.contentLag(slice, SONNET).learn(6_000);
  return health;
}
