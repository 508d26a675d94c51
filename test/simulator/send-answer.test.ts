import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../src/simulator/event-stream.ts";
import type { Reply } from "../../src/simulator/fault.ts";
import { type Delivery, eventStream, type Progress, sendBody, sendEvents } from "../../src/simulator/send-answer.ts";
import { simulatedTime } from "../../src/simulator/simulated-time.ts";
import type { Exchange } from "../../src/util/exchange.ts";
import { type SteppingClock, steppingClock } from "./stepping-clock.ts";

const events: readonly StreamEvent[] = [
  { type: "messageStart", payload: {}, content: false },
  { type: "contentBlockDelta", payload: {}, content: true },
  { type: "contentBlockDelta", payload: {}, content: true },
  { type: "contentBlockDelta", payload: {}, content: true },
  { type: "contentBlockDelta", payload: {}, content: true },
  { type: "messageStop", payload: {}, content: false },
];

describe("sending a stream", () => {
  it("starts at the time to first byte, spreads the content, and ends at the total", async () => {
    const { log, delivery } = stage();
    await sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    expect(log).toEqual([
      "500 start",
      "500 write",
      "500 write",
      "875 write",
      "1250 write",
      "1625 write",
      "2000 write",
      "2000 end",
    ]);
    expect(delivery.progress).toEqual({ contentEvents: 4, status: 200 });
  });

  it("counts from the arrival of the request, whatever was waited for since", async () => {
    const { clock, log, delivery } = stage();
    clock.advance(400);
    await sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    expect(log.at(0)).toBe("500 start");
    expect(log.at(-1)).toBe("2000 end");
  });

  it("breaks off when the next content would have been due", async () => {
    const { log, delivery } = stage({ kind: "mid-stream-exception", afterContentEvents: 2 });
    await sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    expect(log).toEqual(["500 start", "500 write", "500 write", "875 write", "1250 write", "1250 end"]);
    expect(delivery.progress).toEqual({ contentEvents: 2, status: 200, exception: "ModelStreamErrorException" });
  });

  it("sends messageStart before it stalls without content", async () => {
    const leaving = new AbortController();
    const { log, delivery } = stage({ kind: "stall" }, leaving.signal);
    const sending = sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(log).toEqual(["500 start", "500 write"]);
    leaving.abort(new Error("left"));
    await expect(sending).rejects.toThrow("left");
  });

  it("sends nothing at all when it ends early without content", async () => {
    const { log, delivery } = stage({ kind: "end-early" });
    await sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    expect(log).toEqual(["500 start", "500 end"]);
  });

  it("resets at a position in the stream", async () => {
    const { log, delivery } = stage({ kind: "reset", how: "rst-stream", code: 8, afterContentEvents: 1 });
    await sendEvents(
      delivery,
      events,
      eventStream(() => ""),
    );
    expect(log.at(-1)).toBe("875 break rst-stream 8");
  });
});

describe("sending a body", () => {
  it("waits for the total", async () => {
    const { log, delivery } = stage();
    await sendBody(delivery, "{}");
    expect(log).toEqual(["2000 respond 2"]);
  });

  it("sends half of it when a stream fault hits it", async () => {
    const { log, delivery } = stage({ kind: "end-early" });
    await sendBody(delivery, "12345678");
    expect(log).toEqual(["2000 start", "2000 write", "2000 end"]);
  });
});

function stage(
  fault?: Reply,
  gone: AbortSignal = new AbortController().signal,
): {
  readonly clock: SteppingClock;
  readonly log: readonly string[];
  readonly delivery: Delivery;
} {
  const clock = steppingClock();
  const log: string[] = [];
  const note = (text: string): void => {
    log.push(`${clock.now()} ${text}`);
  };
  const exchange: Exchange = {
    method: "POST",
    path: "/",
    headers: {},
    httpVersion: "2",
    gone,
    readBody: async () => new Uint8Array(),
    respond: (_status, _headers, body) => note(`respond ${body.length}`),
    start: () => note("start"),
    write: async () => note("write"),
    end: () => note("end"),
    break: (how, code) => note(`break ${how} ${code}`),
  };
  const progress: Progress = { contentEvents: 0 };
  const time = simulatedTime(clock, 1);
  const latency = { ttfbMs: 500, totalMs: 2_000 };
  return { clock, log, delivery: { exchange, time, startedAt: 0, latency, headers: {}, fault, progress } };
}
