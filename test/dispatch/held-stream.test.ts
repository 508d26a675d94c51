import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerFormat } from "../../src/dispatch/answer-events.ts";
import { holdUntilContent, type StreamEndListener } from "../../src/dispatch/held-stream.ts";
import { TruncatedStreamError } from "../../src/types/errors.ts";
import {
  chunk,
  converse,
  converseAnswer,
  ScriptedStream,
  type StreamStep,
  stepsOf,
} from "../support/scripted-stream.ts";
import { unavailable } from "../support/service-errors.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const anthropic = {
  start: chunk({ type: "message_start", message: { role: "assistant" } }),
  ping: chunk({ type: "ping" }),
  text: chunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } }),
  stop: chunk({ type: "message_stop" }),
};

describe("holdUntilContent", () => {
  it.each([
    ["ConverseStream", "converse", converseAnswer, 2],
    [
      "InvokeModelWithResponseStream",
      "invoke-model",
      [anthropic.start, anthropic.ping, anthropic.text, anthropic.stop],
      3,
    ],
  ] as const)("reads %s up to its first content and no further", async (_, format, events, pulls) => {
    const { source, reader } = await hold(stepsOf(events), { format });
    expect(source.pulls).toBe(pulls);
    expect(await reader.all()).toEqual(events);
  });

  it("tells when the first event arrived, not when the first content did", async () => {
    const steps = [
      { afterMs: 30, event: converse.start },
      { afterMs: 500, event: converse.text("Hi") },
    ];
    const { held, clock } = await hold(steps);
    expect(held.firstEventAt).toBe(30);
    expect(clock.now()).toBe(530);
  });

  it.each([
    ["is empty", []],
    ["ends before any content", [converse.start]],
  ])("throws a TruncatedStreamError for a stream that %s", async (_, events) => {
    await expect(hold(stepsOf(events))).rejects.toMatchObject({
      name: "TruncatedStreamError",
      message: "The answer stream ended before any content",
    });
  });

  it("throws the stream's own error", async () => {
    const error = unavailable();
    await expect(hold([{ event: converse.start }, { error }])).rejects.toBe(error);
  });

  it("takes an answer without content for an answer", async () => {
    const events = [converse.start, converse.stop, converse.metadata];
    const { reader } = await hold(stepsOf(events));
    expect(await reader.all()).toEqual(events);
    expect(reader.ends).toEqual(["completed"]);
  });

  it("holds nothing of a vendor that it does not know", async () => {
    const events = [chunk({ novel: "a" }), chunk({ novel: "b" })];
    const { reader, source } = await hold(stepsOf(events), { format: "invoke-model" });
    expect(source.pulls).toBe(1);
    expect(await reader.all()).toEqual(events);
    expect(reader.ends).toEqual(["completed"]);
  });
});

describe("the released stream", () => {
  it("asks for an event only when the reader does", async () => {
    const { source, reader } = await hold(stepsOf(converseAnswer));
    await reader.next();
    await reader.next();
    expect(source.pulls).toBe(2);
    await reader.next();
    expect(source.pulls).toBe(3);
  });

  it("gives every event once and in order, however the reader asks for them", async () => {
    const middle = fc.constantFrom<object>(converse.text("a"), converse.text("b"), { contentBlockStop: {} });
    const answer = fc
      .tuple(fc.array(fc.constant<object>(converse.start), { maxLength: 3 }), fc.array(middle, { maxLength: 6 }))
      .map(([before, rest]) => [...before, converse.text("first"), ...rest, converse.stop, converse.metadata]);
    await fc.assert(
      fc.asyncProperty(answer, fc.array(fc.integer({ min: 1, max: 4 })), async (events, atOnce) => {
        const { reader } = await hold(stepsOf(events));
        const read: unknown[] = [];
        for (const count of [...atOnce, events.length]) {
          const results = await Promise.all(Array.from({ length: count }, () => reader.next()));
          for (const { done, value } of results) if (done !== true) read.push(value);
        }
        expect(read).toEqual(events);
        await reader.next();
        expect(reader.ends).toEqual(["completed"]);
      }),
      { numRuns: 300 },
    );
  });

  it("answers calls of next() that overlap in their order, held events first", async () => {
    const { reader, clock } = await hold(stepsOf(converseAnswer, 10));
    const order: unknown[] = [];
    const calls = converseAnswer.map(() => reader.next().then(({ value }) => order.push(value)));
    await clock.finish(Promise.all(calls));
    expect(order).toEqual(converseAnswer);
  });

  it("throws a TruncatedStreamError once when the terminator never came", async () => {
    const { reader } = await hold(stepsOf([converse.start, converse.text("Hel")]));
    await expect(reader.all()).rejects.toBeInstanceOf(TruncatedStreamError);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(reader.ends).toMatchObject([{ message: expect.stringContaining("before its terminator") }]);
  });

  it.each([
    ["Anthropic's", [anthropic.text], true],
    ["Anthropic's", [anthropic.text, anthropic.text, anthropic.stop], false],
    ["Nova's", [chunk({ contentBlockDelta: { delta: { text: "Hi" } } })], true],
    [
      "Nova's",
      [chunk({ contentBlockDelta: {} }), chunk({ messageStop: {} }), chunk({ metadata: { usage: {} } })],
      false,
    ],
    ["a chat completion's", [chunk({ choices: [{ delta: { content: "Hi" } }] })], true],
    [
      "a chat completion's",
      [
        chunk({ choices: [{ delta: { content: "Hi" } }] }),
        chunk({ choices: [{ delta: {}, finish_reason: "stop" }] }),
        chunk({ choices: [], usage: { total_tokens: 3 } }),
      ],
      false,
    ],
  ])("knows %s terminator %#", async (_, events, truncated) => {
    const { reader } = await hold(stepsOf(events), { format: "invoke-model" });
    const read = reader.all();
    if (truncated) await expect(read).rejects.toBeInstanceOf(TruncatedStreamError);
    else expect(await read).toEqual(events);
  });

  it("throws it to one of several calls of next() only", async () => {
    const { reader } = await hold(stepsOf([converse.text("Hel")]));
    await reader.next();
    const results = await Promise.allSettled([reader.next(), reader.next(), reader.next()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(reader.ends).toHaveLength(1);
  });

  it("lets an error through untouched, once", async () => {
    const error = { message: "not even an Error" };
    const { reader } = await hold([{ event: converse.text("Hel") }, { error }]);
    await expect(reader.all()).rejects.toBe(error);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(reader.ends).toEqual([error]);
  });

  it("ends as the SDK ended it when the caller has aborted", async () => {
    const { reader } = await hold(stepsOf([converse.text("Hel")]), { aborted: true });
    expect(await reader.all()).toEqual([converse.text("Hel")]);
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it("is complete when the caller aborted after the terminator", async () => {
    const { reader } = await hold(stepsOf([converse.text("Hel"), converse.stop]), { aborted: true });
    await reader.all();
    expect(reader.ends).toEqual(["completed"]);
  });
});

describe("a stream that the caller stops reading", () => {
  it("returns the SDK's stream", async () => {
    const { source, reader } = await hold(stepsOf(converseAnswer));
    for await (const _ of reader.stream) break;
    expect(source.returns).toBe(1);
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it.each([
    ["ConverseStream", "converse", converseAnswer, converse.stop],
    ["InvokeModelWithResponseStream", "invoke-model", [anthropic.text, anthropic.stop], anthropic.stop],
  ] as const)("is complete when the terminator of %s had arrived", async (_, format, events, stop) => {
    const { source, reader } = await hold(stepsOf(events), { format });
    for await (const event of reader.stream) if (event === stop) break;
    expect(source.returns).toBe(1);
    expect(reader.ends).toEqual(["abandoned, complete"]);
  });

  it("may be given up before it is read at all", async () => {
    const { source, reader } = await hold(stepsOf(converseAnswer));
    expect(await reader.stream.return?.("bye")).toEqual({ done: true, value: "bye" });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(source).toMatchObject({ pulls: 2, returns: 1 });
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it("does not wait for a call of next() that is still pending", async () => {
    const { reader, clock, end } = await hold([{ event: converse.text("Hel") }, { silent: true }]);
    await reader.next();
    const pending = reader.next();
    await clock.advance(10);
    expect(await reader.stream.return?.()).toEqual({ done: true, value: undefined });
    expect(reader.ends).toEqual(["abandoned"]);
    end.abort();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it("hears nothing of the error that giving up provokes in a pending call", async () => {
    const { reader, clock } = await hold([{ event: converse.text("Hel") }, { afterMs: 50, error: unavailable() }]);
    await reader.next();
    const pending = reader.next();
    await clock.advance(10);
    await reader.stream.return?.();
    await clock.advance(50);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it("tells its end once, however often it is returned", async () => {
    const { reader } = await hold(stepsOf(converseAnswer));
    await reader.stream.return?.();
    await reader.stream.return?.();
    expect(reader.ends).toEqual(["abandoned"]);
  });

  it("tells no second end when it is returned after its last event", async () => {
    const { reader } = await hold(stepsOf(converseAnswer));
    await reader.all();
    await reader.stream.return?.();
    expect(reader.ends).toEqual(["completed"]);
  });

  it.each([
    ["that cannot be returned", undefined],
    [
      "whose return fails",
      () => {
        throw new Error("late");
      },
    ],
    ["whose return rejects", () => Promise.reject(new Error("late"))],
    ["whose return never ends", () => new Promise<never>(() => {})],
  ])("copes with a stream %s", async (_, giveBack) => {
    const iterator = {
      next: async () => ({ done: false, value: converse.text("Hi") }),
      ...(giveBack === undefined ? {} : { return: giveBack }),
    };
    const held = await holdUntilContent({ [Symbol.asyncIterator]: () => iterator }, "converse", () => 0);
    const reader = new Reader(held.release(listening(), () => false, {}) as AsyncIterableIterator<unknown>);
    for await (const _event of reader.stream) break;
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });
});

interface Holding {
  readonly format?: AnswerFormat;
  readonly aborted?: boolean;
}

async function hold(steps: readonly StreamStep[], { format = "converse", aborted = false }: Holding = {}) {
  const clock = new VirtualClock();
  const end = new AbortController();
  const source = new ScriptedStream(steps, clock, end.signal);
  const held = await clock.finish(holdUntilContent(source, format, () => clock.now()));
  const ends: unknown[] = [];
  const stream = held.release(listening(ends), () => aborted, {}) as AsyncIterableIterator<unknown>;
  return { clock, source, held, end, reader: new Reader(stream, ends) };
}

function listening(ends: unknown[] = []): StreamEndListener {
  return {
    completed: () => ends.push("completed"),
    broke: (error) => ends.push(error),
    abandoned: (complete) => ends.push(complete ? "abandoned, complete" : "abandoned"),
  };
}

class Reader {
  readonly stream: AsyncIterableIterator<unknown>;
  readonly ends: readonly unknown[];

  constructor(stream: AsyncIterableIterator<unknown>, ends: readonly unknown[] = []) {
    this.stream = stream;
    this.ends = ends;
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.stream.next();
  }

  async all(): Promise<unknown[]> {
    const events: unknown[] = [];
    for await (const event of this.stream) events.push(event);
    return events;
  }
}
