import { EventStreamCodec } from "@smithy/eventstream-codec";
import { tokenUsage } from "../dispatch/answer-usage.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { ApiShape, BodyModelApi } from "./api.ts";

/**
 * One event of an answer stream: its bytes, and as much of it as the router reads. The members of Converse and the chunks
 * of InvokeModel stand where the SDK would put them.
 */
export interface WireEvent {
  readonly raw: Uint8Array;
  readonly chunk?: { readonly bytes: Uint8Array };
  /** The tokens that the stream has told up to here, where its last event alone does not. */
  readonly tokens?: TokenUsage | undefined;
  readonly [member: string]: unknown;
}

/** An exception within a stream that had begun with status 200. */
export class StreamFailure extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number };
  /** Its own bytes: after the first content the caller's library reads them itself. */
  declare readonly raw: Uint8Array;
  /** What it says, in the form of its API. */
  declare readonly body: unknown;

  constructor(name: string, message: string, status: number, raw: Uint8Array, body: unknown) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
    // It may hold words of the answer.
    Object.defineProperties(this, { raw: { value: raw }, body: { value: body } });
  }
}

/**
 * Reads `application/vnd.amazon.eventstream`, frame by frame.
 * @throws {@link StreamFailure} for an exception in the stream
 * @throws the codec's error for a frame with a wrong checksum
 */
export async function* awsEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<WireEvent, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let chunk: WireEvent["chunk"];
  for await (const bytes of body) {
    rest = rest.length === 0 ? asBuffer(bytes) : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
      const raw = rest.subarray(0, Math.max(rest.readUInt32BE(0), SHORTEST_FRAME));
      rest = rest.subarray(raw.length);
      const frame = codec.decode(raw);
      const header = (name: string): string => String(frame.headers[name]?.value ?? "");
      if (header(":message-type") !== "event") throw exceptionIn(raw, asBuffer(frame.body), header);
      const type = header(":event-type");
      if (type === "chunk") {
        chunk = { bytes: Buffer.from(String(fieldsOf(asBuffer(frame.body)).bytes ?? ""), "base64") };
        yield { raw, chunk };
      } else {
        // Of Converse only the closing `metadata` is ever read; the kind of the others says all.
        yield {
          raw,
          ...(chunk !== undefined && { chunk }),
          [type]: type === "metadata" ? fieldsOf(asBuffer(frame.body)) : NOTHING,
        };
      }
    }
  }
}

/**
 * Reads `text/event-stream`, event by event.
 * @param onResponse - told the id of a response of OpenAI's Responses API
 * @throws {@link StreamFailure} for an event that tells an error
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  api: BodyModelApi,
  onResponse: (id: string) => void,
): AsyncGenerator<WireEvent, void, undefined> {
  const reader = READERS[api](onResponse);
  let rest: Buffer = Buffer.alloc(0);
  // A comment is no event, and must not look like the end of the answer either.
  let chunk: WireEvent["chunk"];
  for await (const bytes of body) {
    rest = rest.length === 0 ? asBuffer(bytes) : Buffer.concat([rest, bytes]);
    for (let end = endOfEvent(rest); end !== -1; end = endOfEvent(rest)) {
      const raw = rest.subarray(0, end);
      rest = rest.subarray(end);
      const { name, data } = fieldsOfEvent(raw);
      if (data !== undefined) {
        const failure = reader.read(name, data);
        if (failure !== undefined) throw failureIn(raw, failure);
        chunk = data === DONE ? LAST_CHUNK : { bytes: Buffer.from(data) };
      }
      yield { raw, ...(chunk !== undefined && { chunk }), tokens: reader.tokens };
    }
  }
  if (rest.length === 0) return;
  // Some end the last event with the stream. What was cut off in its middle is none.
  const { name, data } = fieldsOfEvent(rest);
  const failure = data === undefined ? undefined : reader.read(name, data);
  if (failure !== undefined) throw failureIn(rest, failure);
  if (data === DONE) chunk = LAST_CHUNK;
  else if (data !== undefined && fieldsOf(data) !== NOTHING) chunk = { bytes: Buffer.from(data) };
  yield { raw: rest, ...(chunk !== undefined && { chunk }), tokens: reader.tokens };
}

function failureIn(raw: Buffer, { name, message, status, body }: ToldError): StreamFailure {
  return new StreamFailure(name, message, status, raw, body);
}

/** The status with which an exception of a stream would have come before the stream. */
const AWS_STATUS: Readonly<Record<string, number>> = {
  throttlingException: 429,
  validationException: 400,
  modelTimeoutException: 408,
  modelStreamErrorException: 424,
  serviceUnavailableException: 503,
  internalServerException: 500,
};

const BODY_STATUS: readonly (readonly [RegExp, number])[] = [
  [/rate_limit|throttl|too_many|quota/i, 429],
  [/overloaded|unavailable/i, 503],
  [/timeout/i, 408],
  [/permission/i, 403],
  [/authentication|api_key/i, 401],
  [/not_found/i, 404],
  [/invalid|validation|content_filter|policy|unsupported/i, 400],
];

const codec = new EventStreamCodec(
  (bytes) => asBuffer(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);
const SHORTEST_FRAME = 16;
const NOTHING = Object.freeze({});
const DONE = "[DONE]";
/** As InvokeModel ends the chunks of Chat Completions. */
const LAST_CHUNK = { bytes: Buffer.from('{"choices":[],"usage":{}}') };

function exceptionIn(raw: Buffer, body: Buffer, header: (name: string) => string): StreamFailure {
  const type = header(":exception-type") || header(":error-code") || "UnknownException";
  const fields = fieldsOf(body);
  const message = String(fields.message ?? fields.Message ?? header(":error-message"));
  const name = `${type[0]?.toUpperCase() ?? ""}${type.slice(1)}`;
  return new StreamFailure(name, message, AWS_STATUS[type] ?? 500, raw, { message });
}

/** Follows the events of one stream: the tokens that they tell, and the errors. */
interface EventReader {
  readonly tokens: TokenUsage | undefined;
  read(name: string, data: string): ToldError | undefined;
}

interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly status: number;
  readonly body: unknown;
}

const READERS: Readonly<Record<BodyModelApi, (onResponse: (id: string) => void) => EventReader>> = {
  "chat-completions": () => {
    let tokens: TokenUsage | undefined;
    return {
      get tokens() {
        return tokens;
      },
      read(_, data) {
        // The one event with the tokens is the last, and an error is short: the others need not be parsed here.
        if (!/"usage"\s*:\s*\{|^\s*\{\s*"error"/.test(data)) return undefined;
        const fields = fieldsOf(data);
        tokens = bodyUsage("chat-completions", fields) ?? tokens;
        return toldError(fields.error, { error: fields.error });
      },
    };
  },
  responses: (onResponse) => {
    let tokens: TokenUsage | undefined;
    return {
      get tokens() {
        return tokens;
      },
      read(name, data) {
        if (name !== "" && !/^(?:error|response\.(?:created|completed|incomplete|failed))$/.test(name))
          return undefined;
        const { sequence_number: _, type, ...fields } = fieldsOf(data);
        const response = asFields(fields.response);
        if (type === "response.created" && typeof response.id === "string") onResponse(response.id);
        tokens = bodyUsage("responses", response) ?? tokens;
        if (type === "response.failed") return toldError(response.error ?? NOTHING, { error: response.error });
        const error = asFields(fields.error ?? fields);
        return type === "error" || name === "error" ? toldError(error, { error }) : undefined;
      },
    };
  },
  messages: () => {
    let tokens: TokenUsage | undefined;
    let started: Fields = NOTHING;
    return {
      get tokens() {
        return tokens;
      },
      read(name, data) {
        if (name !== "" && !/^(?:error|message_start|message_delta)$/.test(name)) return undefined;
        const fields = fieldsOf(data);
        if (fields.type === "error") return toldError(fields.error, fields);
        if (fields.type === "message_start") started = asFields(asFields(fields.message).usage);
        if (fields.type === "message_delta") {
          tokens = bodyUsage("messages", { usage: { ...started, ...asFields(fields.usage) } });
        }
        return undefined;
      },
    };
  },
};

/** The tokens that a unary answer, or the event that closes a stream, tells in the form of its API. */
export function bodyUsage(api: BodyModelApi, answer: Fields): TokenUsage | undefined {
  const usage = asFields(answer.usage);
  const tier = answer.service_tier ?? usage.service_tier;
  const serviceTier = tier === "standard" ? undefined : tier;
  if (api === "messages") {
    const { cache_read_input_tokens: read, cache_creation_input_tokens: written, cache_creation } = usage;
    const hour = asFields(cache_creation).ephemeral_1h_input_tokens;
    return tokenUsage(usage.input_tokens, usage.output_tokens, read, written, hour, serviceTier, undefined);
  }
  const [input, output, details] =
    api === "responses"
      ? [usage.input_tokens, usage.output_tokens, asFields(usage.input_tokens_details)]
      : [usage.prompt_tokens, usage.completion_tokens, asFields(usage.prompt_tokens_details)];
  const read = details.cached_tokens;
  // OpenAI counts cached tokens among the input, Bedrock beside it.
  const uncached = typeof input === "number" && typeof read === "number" ? input - read : input;
  return tokenUsage(uncached, output, read, undefined, undefined, serviceTier, undefined);
}

function toldError(error: unknown, body: unknown): ToldError | undefined {
  if (error === undefined || error === null) return undefined;
  const fields = asFields(error);
  const names = [fields.code, fields.type].filter((name): name is string => typeof name === "string" && name !== "");
  const status = BODY_STATUS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? 500;
  return { name: names[0] ?? "api_error", message: String(fields.message ?? error), status, body };
}

/** The place behind the empty line that ends an event; -1 when it has not come yet. */
function endOfEvent(bytes: Buffer): number {
  for (let at = nextBreak(bytes, 0); at < bytes.length; ) {
    const next = behindBreak(bytes, at);
    if (next === -1) return -1;
    if (next < bytes.length && isBreak(bytes[next])) return behindBreak(bytes, next);
    at = nextBreak(bytes, next);
  }
  return -1;
}

function nextBreak(bytes: Buffer, from: number): number {
  const lineFeed = bytes.indexOf(LF, from);
  const carriage = bytes.indexOf(CR, from);
  if (lineFeed === -1) return carriage === -1 ? bytes.length : carriage;
  return carriage === -1 ? lineFeed : Math.min(lineFeed, carriage);
}

/** A CR at the end may be the half of a CRLF. */
function behindBreak(bytes: Buffer, at: number): number {
  if (bytes[at] === LF) return at + 1;
  if (at + 1 === bytes.length) return -1;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}

function isBreak(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

const LF = 0x0a;
const CR = 0x0d;

function fieldsOfEvent(raw: Buffer): { readonly name: string; readonly data: string | undefined } {
  let name = "";
  let data: string | undefined;
  for (const line of raw
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") name = value;
    else if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
  }
  return { name, data };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(json: Buffer | string): Fields {
  try {
    return asFields(JSON.parse(json.toString()));
  } catch {
    return NOTHING;
  }
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : NOTHING;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The form of errors of each API. */
export const SHAPES: Readonly<Record<BodyModelApi, ApiShape>> = {
  "chat-completions": "openai",
  responses: "openai",
  messages: "anthropic",
};
