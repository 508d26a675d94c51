import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";

/** How a connection breaks. On HTTP/1.1 the two HTTP/2 kinds close the connection. */
export type Break = "tcp-reset" | "tcp-close" | "rst-stream" | "goaway";

/** One request and its answer, over either HTTP version. */
export interface Exchange {
  readonly method: string;
  /** Path and query as they were on the wire. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly httpVersion: "1.1" | "2";
  /** Aborts when the other side, or the simulator itself, leaves before the answer is complete. */
  readonly gone: AbortSignal;
  /** The whole body; rejects when the client leaves before it is complete. */
  readBody(): Promise<Uint8Array>;
  /** Sends a complete answer. */
  respond(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void;
  /** Sends the head of an answer whose body follows by {@link write}. */
  start(status: number, headers: Readonly<Record<string, string>>): void;
  /** Resolves when the bytes have left: a client that does not read holds the writer back. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  /** Breaks the connection or stream; `code` is the HTTP/2 error code. */
  break(how: Break, code?: number): void;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

const connectionHeaders = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);
const http2InternalError = 2;
const left = "The client left before the answer was complete";

/** Wraps what `node:http` or `node:http2` hands to a request listener; `socket` is the TCP connection below it. */
export function createExchange(request: Request, response: Response, socket: Socket): Exchange {
  const http2 = "stream" in response ? response : undefined;
  const departure = new AbortController();
  let complete = false;
  response.once("close", () => {
    if (!complete) departure.abort(new Error(left));
  });
  // Without a listener, a client that vanishes in mid-write would take the process down.
  response.on("error", () => undefined);
  request.on("error", () => undefined);

  return {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: Object.freeze(flatHeaders(request)),
    httpVersion: http2 === undefined ? "1.1" : "2",
    gone: departure.signal,
    async readBody() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
    respond(status, headers, body) {
      const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
      complete = true;
      writeHead(response, status, { ...headers, "content-length": String(bytes.byteLength) });
      response.end(bytes);
    },
    start(status, headers) {
      writeHead(response, status, headers);
    },
    write(bytes) {
      return new Promise((resolve, reject) => {
        const onGone = (): void => reject(departure.signal.reason);
        departure.signal.addEventListener("abort", onGone, { once: true });
        const onWritten = (error?: Error | null): void => {
          departure.signal.removeEventListener("abort", onGone);
          if (!error) {
            resolve();
            return;
          }
          // Since Node.js 22 the write fails before the response closes.
          departure.abort(new Error(left));
          reject(error);
        };
        // Both responses have this overload; together they are not callable.
        (response as ServerResponse).write(bytes, "utf8", onWritten);
      });
    },
    end() {
      complete = true;
      response.end();
    },
    break(how, code = http2InternalError) {
      complete = true;
      if (how === "tcp-reset") socket.resetAndDestroy();
      else if (how === "rst-stream" && http2 !== undefined) http2.stream.close(code);
      else if (how === "goaway" && http2 !== undefined) http2.stream.session?.goaway(code);
      else socket.destroy();
    },
  };
}

function writeHead(response: Response, status: number, headers: Readonly<Record<string, string>>): void {
  const allowed = Object.entries(headers).filter(
    ([name]) => !("stream" in response) || !connectionHeaders.has(name.toLowerCase()),
  );
  for (const [name, value] of allowed) response.setHeader(name, value);
  response.writeHead(status);
}

function flatHeaders(request: Request): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(",") : value;
  }
  const authority = request.headers[":authority"];
  if (flat.host === undefined && typeof authority === "string") flat.host = authority;
  return flat;
}
