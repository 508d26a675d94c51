import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Quota, type QuotaRequest, Quotas, type Reservation } from "../../src/simulator/quotas.ts";
import { isRefusal } from "../../src/simulator/refusal.ts";
import { type SteppingClock, steppingClock } from "./stepping-clock.ts";

const request: QuotaRequest = {
  sourceRegion: "us-east-1",
  model: "anthropic.claude-sonnet-4-6",
  scope: "geographic",
  inputTokens: 100,
  maxTokens: 200,
};

let clock: SteppingClock;
beforeEach(() => {
  clock = steppingClock();
});

describe("quotas", () => {
  it("admit everything when there are none", () => {
    const quotas = quotasOf();
    for (let index = 0; index < 1_000; index++) expect(admitted(quotas)).toBe(true);
  });

  it("refuse the request that is one too many, in Bedrock's words, and refill within the minute", () => {
    const quotas = quotasOf({ requestsPerMinute: 2 });
    expect([admitted(quotas), admitted(quotas)]).toEqual([true, true]);
    expect(quotas.admit(request)).toEqual({
      status: 429,
      name: "ThrottlingException",
      message: "Too many requests, please wait before trying again.",
    });
    clock.advance(29_999);
    expect(admitted(quotas)).toBe(false);
    clock.advance(1);
    expect(admitted(quotas)).toBe(true);
    expect(admitted(quotas)).toBe(false);
  });

  it("let a burst through that is smaller than a minute's worth", () => {
    const quotas = quotasOf({ requestsPerMinute: 120, requestBurst: 3 });
    expect([1, 2, 3, 4].map(() => admitted(quotas))).toEqual([true, true, true, false]);
    clock.advance(500);
    expect([admitted(quotas), admitted(quotas)]).toEqual([true, false]);
  });

  it("reserve maxTokens when a request starts and give back at its end what it did not write", () => {
    const quotas = quotasOf({ tokensPerMinute: 350 });
    const first = quotas.admit(request) as Reservation;
    expect(quotas.admit(request)).toMatchObject({ message: "Too many tokens, please wait before trying again." });
    first.settle(10);
    expect(admitted(quotas, { inputTokens: 100, maxTokens: 100 })).toBe(true);
  });

  it("burn as many tokens as AWS says for each that the model writes", () => {
    const claude = quotasOf({ tokensPerMinute: 1_000 });
    (claude.admit(request) as Reservation).settle(100);
    expect(admitted(claude, { inputTokens: 401, maxTokens: 0 })).toBe(false);
    expect(admitted(claude, { inputTokens: 400, maxTokens: 0 })).toBe(true);

    const nova = quotasOf({ tokensPerMinute: 1_000 });
    const other = { model: "amazon.nova-2-lite-v1:0" };
    (nova.admit({ ...request, ...other }) as Reservation).settle(100);
    expect(admitted(nova, { ...other, inputTokens: 800, maxTokens: 0 })).toBe(true);
  });

  it("count in-Region, geographic and global calls, models and source Regions apart", () => {
    const quotas = quotasOf({ requestsPerMinute: 1 });
    const others: readonly Partial<QuotaRequest>[] = [
      { scope: "global" },
      { scope: "in-region" },
      { model: "another.model" },
      { sourceRegion: "us-west-2" },
    ];
    expect(admitted(quotas)).toBe(true);
    expect(admitted(quotas)).toBe(false);
    for (const other of others) expect(admitted(quotas, other)).toBe(true);
  });

  it("leave provisioned models their own capacity, and the tokens of the day alone", () => {
    const quotas = quotasOf({ requestsPerMinute: 1, tokensPerDay: 300 });
    expect(admitted(quotas, { scope: "in-region" })).toBe(true);
    expect(admitted(quotas, { scope: "in-region" })).toBe(false);
    expect(admitted(quotas, { scope: "provisioned" })).toBe(true);
    expect(admitted(quotas, { scope: "provisioned" })).toBe(false);
  });

  it("share the tokens of a day among all scopes of a model in a source Region", () => {
    const quotas = quotasOf({ sourceRegion: "us-east-1", scope: "geographic", tokensPerDay: 300 });
    expect(admitted(quotas)).toBe(true);
    expect(quotas.admit({ ...request, scope: "global" })).toMatchObject({
      message: "Too many tokens per day, please wait before trying again.",
    });
    expect(admitted(quotas, { model: "another.model" })).toBe(true);
    expect(admitted(quotas, { sourceRegion: "us-west-2" })).toBe(true);
  });

  it("limit the tokens of a day of one model alone", () => {
    const quotas = quotasOf({ model: request.model, tokensPerDay: 300 });
    expect([admitted(quotas), admitted(quotas)]).toEqual([true, false]);
    expect([1, 2].map(() => admitted(quotas, { model: "another.model" }))).toEqual([true, true]);
  });

  it("burn the tokens of a day like those of a minute", () => {
    const quotas = quotasOf({ tokensPerDay: 1_000 });
    (quotas.admit(request) as Reservation).settle(100);
    expect(admitted(quotas, { inputTokens: 401, maxTokens: 0 })).toBe(false);
    expect(admitted(quotas, { inputTokens: 400, maxTokens: 0 })).toBe(true);
  });

  it("give back what was reserved of a day, too, and never more than the limit", () => {
    const quotas = quotasOf({ tokensPerDay: 400 });
    (quotas.admit(request) as Reservation).settle(0);
    expect(admitted(quotas, { inputTokens: 300, maxTokens: 0 })).toBe(true);
    expect(admitted(quotas, { inputTokens: 1, maxTokens: 0 })).toBe(false);
    clock.advance(10 * 86_400_000);
    expect(admitted(quotas, { inputTokens: 401, maxTokens: 0 })).toBe(false);
    expect(admitted(quotas, { inputTokens: 400, maxTokens: 0 })).toBe(true);
  });

  it("change their rate although the burst stays", () => {
    const quotas = quotasOf({ requestsPerMinute: 1, requestBurst: 1 });
    expect(admitted(quotas)).toBe(true);
    quotas.set({ requestsPerMinute: 60 });
    expect(admitted(quotas)).toBe(true);
    clock.advance(1_000);
    expect(admitted(quotas)).toBe(true);
  });

  it("apply to what they name only", () => {
    const quotas = quotasOf({ sourceRegion: "us-east-1", scope: "global", requestsPerMinute: 0 });
    expect(admitted(quotas)).toBe(true);
    expect(admitted(quotas, { scope: "global" })).toBe(false);
  });

  it("change while they are in use: the last one that matches decides", () => {
    const quotas = quotasOf({ requestsPerMinute: 1 });
    quotas.set({ sourceRegion: "us-east-1", requestsPerMinute: 0 });
    expect(admitted(quotas)).toBe(false);
    expect(admitted(quotas, { sourceRegion: "us-west-2" })).toBe(true);
    quotas.set({ requestsPerMinute: Number.POSITIVE_INFINITY });
    expect([1, 2, 3].map(() => admitted(quotas))).toEqual([true, true, true]);
  });

  it("take nothing from one limit when another refuses", () => {
    const quotas = quotasOf({ requestsPerMinute: 1, tokensPerMinute: 300 });
    expect(admitted(quotas, { maxTokens: 1_000 })).toBe(false);
    expect(admitted(quotas)).toBe(true);
  });

  it("never admit more requests than the burst and the refill allow", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), steps, (requestsPerMinute, pauses) => {
        const time = steppingClock();
        const quotas = new Quotas([{ requestsPerMinute }], time.now);
        let count = 0;
        for (const pause of pauses) {
          time.advance(pause);
          if (!isRefusal(quotas.admit(request))) count += 1;
        }
        expect(count).toBeLessThanOrEqual(requestsPerMinute + (time.now() / 60_000) * requestsPerMinute + 1e-6);
      }),
    );
  });
});

function quotasOf(...quotas: readonly Quota[]): Quotas {
  return new Quotas(quotas, () => clock.now());
}

function admitted(quotas: Quotas, change: Partial<QuotaRequest> = {}): boolean {
  return !isRefusal(quotas.admit({ ...request, ...change }));
}
