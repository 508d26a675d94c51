import { describe, expect, it } from "vitest";
import type { BodyModelApi } from "../../src/fetch/api.ts";
import { awsEvents, type StreamFailure, serverSentEvents, type WireEvent } from "../../src/fetch/wire-events.ts";
import { corrupted, eventFrame, exceptionFrame } from "../../src/simulator/event-stream.ts";

/** The bytes in pieces of a length, as a network may deliver them. */
async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

interface Read {
  readonly events: readonly WireEvent[];
  readonly error: StreamFailure | undefined;
}

async function read(events: AsyncIterable<WireEvent>): Promise<Read> {
  const seen: WireEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
    return { events: seen, error: undefined };
  } catch (error) {
    return { events: seen, error: error as StreamFailure };
  }
}

const bytesOf = ({ events }: Read): string => Buffer.concat(events.map(({ raw }) => raw)).toString("latin1");
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

const frames = [
  eventFrame({ type: "messageStart", payload: { role: "assistant" }, content: false }, ""),
  eventFrame({ type: "contentBlockDelta", payload: { delta: { text: "é" } }, content: true }, "abc"),
  eventFrame({ type: "metadata", payload: { usage: { inputTokens: 1, outputTokens: 2 } }, content: false }, ""),
];
const stream = Buffer.concat(frames);

describe("an AWS event stream", () => {
  it.each([1, 7, 64, 100_000])(
    "is read frame by frame from pieces of %i bytes, and no byte is lost",
    async (length) => {
      const result = await read(awsEvents(inPieces(stream, length)));
      expect(bytesOf(result)).toBe(stream.toString("latin1"));
      expect(result.events.map(({ raw: _, ...event }) => Object.keys(event))).toEqual([
        ["messageStart"],
        ["contentBlockDelta"],
        ["metadata"],
      ]);
      expect(result.events[2]?.metadata).toMatchObject({ usage: { inputTokens: 1 } });
    },
  );

  it("has chunks of InvokeModel as the SDK has them", async () => {
    const bytes = Buffer.from('{"type":"message_stop"}').toString("base64");
    const frame = eventFrame({ type: "chunk", payload: { bytes }, content: false }, "");
    const { events } = await read(awsEvents(inPieces(frame, 50)));
    expect(text(events[0]?.chunk?.bytes)).toBe('{"type":"message_stop"}');
  });

  it("ends with the exception in it, which keeps its bytes", async () => {
    const frame = exceptionFrame("throttlingException", { message: "Too many requests" });
    const { events, error } = await read(awsEvents(inPieces(Buffer.concat([frames[0]!, frame]), 33)));
    expect(events).toHaveLength(1);
    expect(error).toMatchObject({
      name: "ThrottlingException",
      message: "Too many requests",
      $metadata: { httpStatusCode: 429 },
    });
    expect(Buffer.compare(error!.raw, frame)).toBe(0);
  });

  it("breaks at a wrong checksum", async () => {
    const { error } = await read(awsEvents(inPieces(corrupted(frames[1]!), 1000)));
    expect(error?.message).toMatch(/checksum/);
  });
});

const sse = (
  api: BodyModelApi,
  body: string,
  length = 1000,
  onResponse: (id: string) => void = () => {},
): Promise<Read> => read(serverSentEvents(inPieces(Buffer.from(body), length), api, onResponse));

describe("server-sent events", () => {
  const chat = [
    ": comment\n\n",
    'data: {"choices":[{"delta":{"content":"é"}}]}\n\n',
    'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}}\n\n',
    "data: [DONE]\n\n",
  ];

  it.each([
    ["\n", 1],
    ["\n", 1000],
    ["\r\n", 1],
    ["\r\n", 3],
    ["\r", 1],
    ["\r", 1000],
  ])("are read event by event with line ends %j from pieces of %i bytes", async (end, length) => {
    const body = chat.join("").replaceAll("\n", end);
    const result = await sse("chat-completions", body, length);
    expect(bytesOf(result)).toBe(Buffer.from(body).toString("latin1"));
    expect(result.events.length).toBe(4);
    expect(text(result.events[1]?.chunk?.bytes)).toBe('{"choices":[{"delta":{"content":"é"}}]}');
    expect(result.events.at(-1)?.tokens).toEqual({ inputTokens: 2, outputTokens: 2, cacheReadInputTokens: 3 });
  });

  it("may end without an empty line; what is cut off in its middle does not look like an end", async () => {
    const whole = await sse("chat-completions", "data: [DONE]\n");
    expect(text(whole.events.at(-1)?.chunk?.bytes)).toContain('"choices":[]');
    const cut = await sse("chat-completions", `${chat[1]}data: {"choices":[{"delta":{"conten`);
    expect(text(cut.events.at(-1)?.chunk?.bytes)).toBe(text(cut.events[0]?.chunk?.bytes));
  });

  it("put the tokens of Messages together from its start and its end", async () => {
    const { events } = await sse(
      "messages",
      [
        'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":9,"cache_creation_input_tokens":4,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_1h_input_tokens":4},"output_tokens":1}}}\n\n',
        'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"Hi"}}\n\n',
        'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":12}}\n\n',
        'event: message_stop\ndata: {"type":"message_stop"}\n\n',
      ].join(""),
    );
    expect(events.at(-1)?.tokens).toEqual({
      inputTokens: 9,
      outputTokens: 12,
      cacheReadInputTokens: 7,
      cacheWriteInputTokens: 4,
      cacheWrite1hInputTokens: 4,
    });
  });

  it("tell the id and the tokens of a response", async () => {
    const ids: string[] = [];
    const usage = { input_tokens: 10, output_tokens: 3, input_tokens_details: { cached_tokens: 4 } };
    const { events } = await sse(
      "responses",
      `event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\nevent: response.completed\ndata: ${JSON.stringify({ type: "response.completed", response: { usage, service_tier: "flex" } })}\n\n`,
      1000,
      (id) => ids.push(id),
    );
    expect(ids).toEqual(["resp_1"]);
    expect(events.at(-1)?.tokens).toEqual({
      inputTokens: 6,
      outputTokens: 3,
      cacheReadInputTokens: 4,
      serviceTier: "flex",
    });
  });

  it.each([
    [
      "messages",
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      "overloaded_error",
      503,
    ],
    ["messages", 'data: {"type":"error","error":{"type":"rate_limit_error","message":"x"}}', "rate_limit_error", 429],
    ["chat-completions", 'data: {"error":{"message":"x","type":"server_error","code":null}}', "server_error", 500],
    [
      "chat-completions",
      'data: {"error":{"message":"x","type":"rate_limit_error","code":"rate_limit_exceeded"}}',
      "rate_limit_exceeded",
      429,
    ],
    [
      "responses",
      'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"x","sequence_number":1}',
      "rate_limit_exceeded",
      429,
    ],
    [
      "responses",
      'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}',
      "server_error",
      500,
    ],
    [
      "responses",
      'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"invalid_prompt","message":"x"}}}',
      "invalid_prompt",
      400,
    ],
  ] as const)("of %s end with %s", async (api, event, name, status) => {
    const { error } = await sse(api, `${event}\n\n`);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(text(error?.raw)).toBe(`${event}\n\n`);
    expect(error?.body).toHaveProperty("error");
  });
});
