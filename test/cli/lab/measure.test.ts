import { describe, expect, it } from "vitest";
import { type Measured, measure, type SendOnRoute } from "../../../src/cli/lab/measure.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../../support/virtual-clock.ts";

const route = {
  key: "eu-central-1|eu.x",
  sourceRegion: "eu-central-1",
  modelId: "eu.x",
  model: "x",
  kind: "geographic" as const,
  geography: "eu",
  destinationRegions: ["eu-central-1"],
};

const START = { messageStart: { role: "assistant" } };
const STOP = { messageStop: { stopReason: "end_turn" } };
const USAGE = { metadata: { usage: { inputTokens: 20, outputTokens: 90 } } };

async function measured(
  events: (clock: VirtualClock, signal: AbortSignal) => AsyncIterable<unknown>,
  act: (stop: AbortController) => void = () => {},
): Promise<Measured | undefined> {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const send: SendOnRoute = async (_, signal) => events(clock, signal);
  const work = measure(route, send, { clock, timeoutMs: 10_000, signal: stop.signal });
  act(stop);
  return clock.finish(work);
}

describe("measure", () => {
  it("times the first event and the end of the stream, and keeps the usage", async () => {
    const call = await measured(async function* (clock) {
      await clock.delay(800);
      yield START;
      await clock.delay(1_700);
      yield STOP;
      yield USAGE;
    });
    expect(call).toEqual({
      startedAt: VIRTUAL_EPOCH,
      ttfbMs: 800,
      totalMs: 2_500,
      inputTokens: 20,
      outputTokens: 90,
    });
  });

  it("counts a refusal by its kind", async () => {
    const call = await measured(async function* (clock) {
      if (clock.now() > 0) yield START;
      await clock.delay(40);
      throw Object.assign(new Error("Too many requests, please wait before trying again."), {
        name: "ThrottlingException",
        $metadata: { httpStatusCode: 429 },
      });
    });
    expect(call).toMatchObject({ failure: { kind: "throttled", afterMs: 40 } });
    expect(call).not.toHaveProperty("totalMs");
  });

  it("takes a stream without its terminator, and one without events, for failures", async () => {
    const cut = await measured(async function* () {
      yield START;
    });
    const empty = await measured(async function* () {});
    expect(cut).toMatchObject({ ttfbMs: 0, failure: { family: "truncated-stream" } });
    expect(empty).toMatchObject({ failure: { family: "empty-stream" } });
  });

  it("gives a call up after its time, also when the aborted stream ends as if all were well", async () => {
    const call = await measured(async function* (clock, signal) {
      yield START;
      await clock.delay(60_000, signal).catch(() => {});
    });
    expect(call).toMatchObject({ ttfbMs: 0, failure: { kind: "timeout", afterMs: 10_000 } });
  });

  it("keeps nothing of a call that was under way when the lab was stopped", async () => {
    const call = await measured(
      async function* (clock, signal) {
        await clock.delay(60_000, signal);
        yield START;
      },
      (stop) => stop.abort(),
    );
    expect(call).toBeUndefined();
  });
});
