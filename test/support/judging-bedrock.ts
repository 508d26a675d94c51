import { constants, createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { crc32 } from "node:zlib";
import { onLoopback } from "./on-loopback.ts";

/** A request as the service sees it. */
export interface JudgedCall {
  /** The Region in the scope of the signature. */
  readonly sourceRegion: string;
  readonly modelId: string;
  /** `us-east-1 us.amazon.nova-pro-v1:0` */
  readonly route: string;
  /** The last part of the path: `converse-stream`. */
  readonly action: string;
  /** The body as it came, and what Bedrock reads in the headers. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** How many calls of this route came before it. */
  readonly earlier: number;
}

/** How a call is refused. */
export interface Refusal {
  readonly status: number;
  readonly name: string;
  readonly message: string;
}

/** What becomes of a call; `undefined` when it is served. */
export type Verdict =
  | (Refusal & {
      /** Inside the event stream, before any content. */
      readonly inStream?: true;
    })
  | { readonly name: "reset" }
  | undefined;

/** A Bedrock that decides about each call, written from AWS's API reference alone: it shares nothing with the simulator. */
export interface JudgingBedrock extends AsyncDisposable {
  readonly endpoint: string;
  /** The calls that arrived, with what became of them. */
  readonly calls: readonly (JudgedCall & { readonly refusedWith: string | undefined })[];
}

export interface JudgingOptions {
  /** By how much the clock of the service is ahead of ours. */
  readonly aheadMs?: number;
  /** What the model says. @defaultValue Hello */
  readonly say?: (call: JudgedCall) => string;
}

const FIVE_MINUTES = 300_000;

export async function startJudgingBedrock(
  judge: (call: JudgedCall) => Verdict,
  { aheadMs = 0, say = () => "Hello" }: JudgingOptions = {},
): Promise<JudgingBedrock> {
  const calls: (JudgedCall & { readonly refusedWith: string | undefined })[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = callOf(request, Buffer.concat(chunks).toString("utf8"), calls);
      const verdict = signedAt(request, aheadMs) ?? judge(call);
      calls.push({ ...call, refusedWith: verdict?.name });
      if (verdict !== undefined && !("status" in verdict))
        return response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      const date = new Date(Date.now() + aheadMs);
      answer(response, verdict, call.action, say(call), date);
    });
  });
  const { endpoint, [Symbol.asyncDispose]: close } = await onLoopback(server);
  return { endpoint, calls, [Symbol.asyncDispose]: close };
}

function callOf(request: Http2ServerRequest, text: string, calls: readonly JudgedCall[]): JudgedCall {
  const sourceRegion = /Credential=[^/]+\/\d+\/([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? "";
  const [, , label = "", action = ""] = request.url.split("/");
  const modelId = decodeURIComponent(label);
  const route = `${sourceRegion} ${modelId}`;
  const earlier = calls.filter((call) => call.route === route).length;
  const headers = Object.entries(request.headers).filter(([name]) => READ_HEADERS.test(name));
  const body = text.startsWith("{") ? JSON.parse(text) : {};
  const read = Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
  return { sourceRegion, modelId, route, action, text, headers: read, body, earlier };
}

const READ_HEADERS = /^(?:x-amzn-bedrock-|content-type$|accept$)/;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
function signedAt(request: Http2ServerRequest, aheadMs: number): Verdict {
  // An API key is no signature.
  if (request.headers["x-amz-date"] === undefined) return undefined;
  const stamp = String(request.headers["x-amz-date"]);
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const offMs = Date.now() + aheadMs - at;
  if (Math.abs(offMs) < FIVE_MINUTES) return undefined;
  const message = offMs > 0 ? `Signature expired: ${stamp} is now earlier than` : `Signature not yet current: ${stamp}`;
  return { status: 403, name: "InvalidSignatureException", message };
}

function answer(
  response: Http2ServerResponse,
  refusal: Exclude<Verdict, { name: "reset"; status?: never }>,
  action: string,
  words: string,
  date: Date,
): void {
  const streams = action.endsWith("-stream");
  const inside = refusal !== undefined && "inStream" in refusal && streams;
  const isError = refusal !== undefined && !inside;
  response.writeHead(isError ? refusal.status : 200, {
    date: date.toUTCString(),
    "content-type": streams && !isError ? "application/vnd.amazon.eventstream" : "application/json",
    ...(isError ? { "x-amzn-errortype": refusal.name } : {}),
  });
  if (isError) response.end(JSON.stringify({ message: refusal.message }));
  else if (!streams) response.end(JSON.stringify(bodyOf(action, words)));
  else response.end(Buffer.concat(inside ? [exceptionFrame(refusal)] : streamOf(action, words)));
}

const USAGE = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };

function bodyOf(action: string, words: string): object {
  if (action === "count-tokens") return { inputTokens: words.length };
  const content = [{ text: words }];
  if (action === "invoke") return { content, stop_reason: "end_turn" };
  return {
    output: { message: { role: "assistant", content } },
    stopReason: "end_turn",
    usage: USAGE,
    metrics: LATENCY,
  };
}

const LATENCY = { latencyMs: 1 };

function streamOf(action: string, words: string): readonly Buffer[] {
  if (action === "converse-stream") {
    return [
      frame("event", "messageStart", { role: "assistant" }),
      ...pieces(words).map((text) => frame("event", "contentBlockDelta", { contentBlockIndex: 0, delta: { text } })),
      frame("event", "contentBlockStop", { contentBlockIndex: 0 }),
      frame("event", "messageStop", { stopReason: "end_turn" }),
      frame("event", "metadata", { usage: USAGE, metrics: LATENCY }),
    ];
  }
  const chunks = [
    { type: "message_start", message: { role: "assistant", content: [] } },
    ...pieces(words).map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
    { type: "message_delta", delta: { stop_reason: "end_turn" } },
    { type: "message_stop" },
  ];
  return chunks.map((chunk) =>
    frame("event", "chunk", { bytes: Buffer.from(JSON.stringify(chunk)).toString("base64") }),
  );
}

function pieces(words: string): readonly string[] {
  return words.match(/.{1,4}/gs) ?? [];
}

function exceptionFrame({ name, message }: Refusal): Buffer {
  return frame("exception", `${name.charAt(0).toLowerCase()}${name.slice(1)}`, { message });
}

/** @see https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream */
function frame(kind: "event" | "exception", type: string, payload: object): Buffer {
  const headers = Buffer.concat(
    [
      [":message-type", kind],
      [`:${kind}-type`, type],
      [":content-type", "application/json"],
    ].map(([name = "", value = ""]) => {
      const head = Buffer.from([name.length, ...Buffer.from(name), 7, 0, value.length]);
      return Buffer.concat([head, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const whole = Buffer.concat([prelude, headers, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(whole), 0);
  return Buffer.concat([whole, sum]);
}

export const throttle: Refusal = {
  status: 429,
  name: "ThrottlingException",
  message: "Too many requests, please wait before trying again.",
};

export function invalid(message: string): Refusal {
  return { status: 400, name: "ValidationException", message };
}
