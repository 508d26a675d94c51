import { pipeline, Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { CallerSignal } from "../dispatch/link-abort.ts";

/** A request whose bytes are given, and that only lacks an endpoint and a signature. */
export interface RawCall {
  /** What instrumentation of the SDK is to call it. */
  readonly operation: "Converse" | "ConverseStream" | "InvokeModel" | "InvokeModelWithResponseStream";
  readonly modelId: string;
  readonly method: string;
  /** Path below the endpoint and query, escaped; undefined for the path of the operation. */
  readonly path?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for a request without a body. */
  readonly body: Uint8Array | undefined;
  /** Another service of AWS than the Bedrock runtime: its host, and the name that it is signed for. */
  readonly service?: { readonly hostname: string; readonly signingName: string } | undefined;
}

/** What came back, not yet read; the encoding is undone, whatever the headers still say. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer that is no success, read to its end. Looks like an exception of the SDK to whoever asks what it means. */
export class RawFailure extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };
  readonly $response: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
  readonly body: Uint8Array;

  constructor({ status, headers }: RawAnswer, body: Uint8Array) {
    const { name, message } = errorIn(headers, body);
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status, requestId: headers["x-amzn-requestid"] };
    this.$response = { statusCode: status, headers };
    this.body = body;
    // It may hold words of the prompt.
    Object.defineProperty(this, "body", { enumerable: false });
  }
}

/**
 * Sends the bytes as they are, with everything else as the SDK does it: endpoint, credentials or token, signature, user
 * agent, connection, the caller's middleware. The vehicle is a command without input; its serialization and
 * deserialization see nothing of the content.
 * @throws {@link RawFailure} for an answer that is no success
 * @throws what the SDK throws when there is no answer
 */
export async function sendRaw(
  client: BedrockRuntimeClient,
  call: RawCall,
  abortSignal: CallerSignal | undefined,
): Promise<RawAnswer> {
  let answer: RawAnswer | undefined;
  const command = new COMMANDS[call.operation]({ modelId: call.modelId });
  const stack = command.middlewareStack as unknown as BedrockRuntimeClient["middlewareStack"];
  stack.add(
    (next, context) => (args) => {
      fillIn(args.request as OpenRequest, call);
      if (call.service !== undefined) signFor(call.service.signingName, context as SigningContext);
      return next(args);
    },
    // Ahead of what measures and signs the request.
    { step: "build", priority: "high", name: "bedrockRoutedClientRawRequest" },
  );
  stack.add(
    (next) => async (args) => {
      const { response } = await next(args);
      const { statusCode, headers, body } = response as OpenResponse;
      const received = { status: statusCode, headers, body: decoded(bytesOf(body), headers) };
      if (statusCode >= 300) throw new RawFailure(received, await collect(received.body));
      answer = received;
      (response as OpenResponse).body = call.operation.endsWith("Stream") ? Readable.from([]) : new Uint8Array();
      return { response } as Awaited<ReturnType<typeof next>>;
    },
    // Next to the wire, inside of what makes an output or an exception of the response.
    { step: "deserialize", priority: "low", name: "bedrockRoutedClientRawResponse" },
  );
  await client.send(command as never, { abortSignal: abortSignal as AbortSignal });
  if (answer === undefined) throw new Error("The SDK client answered without a response: is its send method replaced?");
  return answer;
}

/** Reads a body to its end. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

type Vehicle = new (input: { readonly modelId: string }) => InvokeModelCommand;

const COMMANDS = {
  Converse: ConverseCommand,
  ConverseStream: ConverseStreamCommand,
  InvokeModel: InvokeModelCommand,
  InvokeModelWithResponseStream: InvokeModelWithResponseStreamCommand,
} as unknown as Readonly<Record<RawCall["operation"], Vehicle>>;

/** The SDK's requests and responses, as far as they are touched here. */
interface OpenRequest {
  method: string;
  hostname: string;
  port?: number | undefined;
  protocol: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body?: unknown;
}

interface OpenResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: unknown;
}

function fillIn(request: OpenRequest, { method, path, headers, body, service }: RawCall): void {
  request.method = method;
  if (path !== undefined) {
    const [pathname = "/", search = ""] = path.split("?", 2);
    // A configured endpoint may have a path of its own.
    request.path = service === undefined ? request.path.replace(/\/model\/[^/]+\/[^/]+$/, () => pathname) : pathname;
    request.query = queryOf(search);
  }
  if (service !== undefined) {
    request.hostname = service.hostname;
    request.protocol = "https:";
    request.port = undefined;
  }
  request.headers = { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
  request.body = body;
}

function queryOf(search: string): OpenRequest["query"] {
  const query: OpenRequest["query"] = {};
  for (const name of new Set(new URLSearchParams(search).keys())) {
    const values = new URLSearchParams(search).getAll(name);
    query[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return query;
}

/** Where the SDK's signer looks for the name of the service, ahead of the one of the client. */
interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: {
      readonly httpAuthOption: { signingProperties?: Readonly<Record<string, unknown>> };
    };
  };
}

function signFor(signingName: string, { __smithy_context: context }: SigningContext): void {
  const option = context?.selectedHttpAuthScheme?.httpAuthOption;
  if (option !== undefined) option.signingProperties = { ...option.signingProperties, signingName };
}

function bytesOf(body: unknown): AsyncIterable<Uint8Array> {
  if (body instanceof Uint8Array) return Readable.from([body]);
  // The SDK's handler over `fetch` has a web stream.
  return (body ?? Readable.from([])) as AsyncIterable<Uint8Array>;
}

/** Undoes the encoding of an answer, as `fetch` does. */
function decoded(
  body: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  const decoder = DECODERS[headers["content-encoding"]?.toLowerCase() ?? ""]?.();
  if (decoder === undefined) return body;
  // Its errors come out of the decoder, and whoever gives that up gives up the body.
  return pipeline(Readable.from(body, { objectMode: false }), decoder, () => {}) as Readable;
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What the three kinds of error bodies say: `{ message }` of AWS, `{ error: { message } }` of OpenAI and Anthropic. */
function errorIn(headers: Readonly<Record<string, string>>, body: Uint8Array): { name: string; message: string } {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const json = parsed(text);
  const inner = isObject(json.error) ? json.error : json;
  const told = [headers["x-amzn-errortype"], json.__type, inner.code, inner.type].find(isText) ?? "UnknownError";
  const message = [inner.message, inner.Message].find(isText);
  return {
    name: told.split(":")[0]?.split("#").at(-1) ?? told,
    message: message ?? (Object.keys(json).length === 0 ? text : "UnknownError"),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): Fields {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
