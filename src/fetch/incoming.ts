import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { InvalidOptionsError } from "../types/errors.ts";

/** A request that came through the door, read to its end: it may have to be sent more than once. */
export interface IncomingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** As it came: encoded, if the headers say so. */
  readonly body: Buffer | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Reads what `fetch` was called with. */
export async function readRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<IncomingRequest> {
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  const signal = (init?.signal === undefined ? request?.signal : init.signal) ?? undefined;
  signal?.throwIfAborted();
  return {
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    url: new URL(request?.url ?? String(input)),
    headers,
    body: await bytesOf(init?.body ?? request?.body ?? undefined, headers),
    signal,
  };
}

type Body = NonNullable<RequestInit["body"]>;

async function bytesOf(body: Body | undefined, headers: Headers): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  if (typeof body === "string") return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  // Streams, blobs and forms: whatever the platform takes for a body. A form brings its content type.
  const read = new Response(body as ConstructorParameters<typeof Response>[0]);
  const type = read.headers.get("content-type");
  if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
  return Buffer.from(await read.arrayBuffer());
}

/**
 * The request with its body as it was before it was compressed: the model has to be read, and the service is not known to
 * take compressed bodies.
 * @throws {@link InvalidOptionsError} for an encoding that is not known, or that the body does not have
 */
export async function decodedRequest(request: IncomingRequest): Promise<IncomingRequest> {
  const { body } = request;
  const encoding = request.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  if (body === undefined || encoding === "identity") return request;
  const headers = new Headers(request.headers);
  headers.delete("content-encoding");
  const decode = DECODERS[encoding];
  if (decode === undefined) {
    throw new InvalidOptionsError("content-encoding", `must be ${Object.keys(DECODERS).join(", ")} or none`, encoding);
  }
  try {
    return { ...request, headers, body: await decode(body) };
  } catch (error) {
    throw new InvalidOptionsError("body", `must be ${encoding}, as its content-encoding says`, String(error));
  }
}

const DECODERS: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
