import { timingSafeEqual } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RoutedBedrockRuntimeClient } from "../../client/create-routed-client.ts";
import { errorBody } from "../../fetch/answer.ts";
import { apiOf, shapeOf } from "../../fetch/api.ts";
import { Door } from "../../fetch/door.ts";
import { RUNTIME } from "../../fetch/home.ts";
import { partsOf } from "../../fetch/routed-fetch.ts";
import type { Exchange } from "../../util/exchange.ts";
import { listen } from "../../util/listen.ts";

/** What a gateway serves, and to whom. */
export interface GatewayOptions {
  readonly client: RoutedBedrockRuntimeClient;
  /** 0 for any free one. */
  readonly port: number;
  /** What callers have to show; without one, every process of this machine may call. */
  readonly token?: string | undefined;
  /** What stands at `/`. */
  readonly page?: ((request: Request) => Promise<Response>) | undefined;
  /** Told about each request once it is over. */
  readonly onAccess?: ((access: Access) => void) | undefined;
}

/** One request as the access log has it: nothing of its content, and no query. */
export interface Access {
  readonly startedAt: number;
  readonly method: string;
  readonly path: string;
  /** Absent when the caller left before there was one. */
  readonly status?: number;
  readonly route?: string;
  readonly attempts?: number;
  /** Which error of this library was answered. */
  readonly error?: string;
  readonly firstByteMs?: number;
  readonly totalMs: number;
  /** `complete`, or how it ended otherwise. */
  readonly end: "complete" | "cancelled by the caller" | "broken off";
}

/** A gateway to Amazon Bedrock on loopback. */
export interface Gateway {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, waits for those under way as long as it may, and frees the port. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves a routed client to the other processes of this machine, over HTTP/1.1 and h2c on one port. It spends the
 * credentials of its user, so it is bound to loopback, and refuses what a web page could send: a foreign `Host` (DNS
 * rebinding) and any foreign `Origin`.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const door = new Door(partsOf(options.client));
  const underWay = new Set<Promise<void>>();
  let closing = false;
  let origin = "";
  const listener = await listen(options.port, (exchange) => {
    const served = serve(exchange).catch(() => {});
    underWay.add(served);
    void served.then(() => underWay.delete(served));
  });
  origin = `http://127.0.0.1:${listener.port}`;

  async function serve(exchange: Exchange): Promise<void> {
    const startedAt = Date.now();
    const since = performance.now();
    const path = exchange.path.split("?", 1)[0] ?? "/";
    let response: Response | undefined;
    let firstByteMs: number | undefined;
    let end: Access["end"] = "broken off";
    try {
      response = refusalOf(exchange) ?? (await answerOf(exchange, path));
      firstByteMs = performance.now() - since;
      await send(exchange, response);
      end = "complete";
    } catch (error) {
      // A defect must not leave the caller waiting.
      if (response === undefined && !exchange.gone.aborted) exchange.break("rst-stream");
      throw error;
    } finally {
      if (exchange.gone.aborted && end !== "complete") end = "cancelled by the caller";
      const told = (name: string): string | undefined => response?.headers.get(`x-routed-${name}`) ?? undefined;
      const [route, attempts, error] = [told("route"), told("attempts"), told("error")];
      options.onAccess?.({
        ...{ startedAt, method: exchange.method, path, end, totalMs: performance.now() - since },
        ...(response !== undefined && { status: response.status }),
        ...(route !== undefined && { route }),
        ...(attempts !== undefined && { attempts: Number(attempts) }),
        ...(error !== undefined && { error }),
        ...(firstByteMs !== undefined && { firstByteMs }),
      });
    }
  }

  /** By hand: a path such as `//x` would be taken for another host. */
  function urlOf(path: string): URL {
    return new URL(`${origin}${path.startsWith("/") ? path : `/${path}`}`);
  }

  function refusalOf({ headers, path }: Exchange): Response | undefined {
    const url = urlOf(path);
    const shape = shapeOf(url.pathname);
    const own = ["127.0.0.1", "localhost", "[::1]"].map((name) => new URL(`http://${name}:${listener.port}`));
    if (!own.some(({ host }) => host === headers.host)) return refusal(403, shape, "Host", `must be ${url.host}`);
    const from = headers.origin;
    const foreign = from !== undefined && !own.some((place) => place.origin === from);
    if (foreign || /^(?:cross-site|same-site)$/.test(headers["sec-fetch-site"] ?? "")) {
      return refusal(403, shape, "Origin", "must be none: this gateway is not for web pages");
    }
    if (closing) return refusal(503, shape, "gateway", "is being stopped");
    if (options.token === undefined || isShown(options.token, headers, url)) return undefined;
    return refusal(401, shape, "token", "must be sent as `authorization: Bearer <token>` or `x-api-key: <token>`");
  }

  async function answerOf(exchange: Exchange, path: string): Promise<Response> {
    const url = urlOf(exchange.path);
    // HTTP/2 has its request line among the headers.
    const headers = new Headers(Object.entries(exchange.headers).filter(([name]) => !name.startsWith(":")));
    if (path === "/" && options.page !== undefined) {
      return options.page(new Request(url, { method: exchange.method, headers }));
    }
    if (!path.startsWith("/") || (apiOf(exchange.method, path).kind === "unknown" && !RUNTIME_PATH.test(path))) {
      return refusal(404, shapeOf(path), "path", `must be one of Amazon Bedrock's runtime, got ${path}`);
    }
    const body = Buffer.from(await exchange.readBody());
    const request = { method: exchange.method, url, headers, body, signal: exchange.gone };
    try {
      return await door.handle(request, async () => RUNTIME);
    } catch (error) {
      if (exchange.gone.aborted) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const code = cause instanceof Error ? ((cause as { code?: unknown }).code ?? cause.name) : "failure";
      return refusal(502, shapeOf(path), "upstream", `gave no answer (${String(code)})`);
    }
  }

  return {
    url: origin,
    port: listener.port,
    async close(graceMs) {
      closing = true;
      await listener.close(Promise.race([Promise.all(underWay), delay(graceMs, undefined, { ref: false })]));
    },
  };
}

const RUNTIME_PATH = /^\/(?:model|openai|anthropic|guardrail|async-invoke)(?:\/|$)/;

function isShown(token: string, headers: Readonly<Record<string, string>>, url: URL): boolean {
  const shown = [
    /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1],
    headers["x-api-key"],
    // A browser can show it in no other way.
    url.pathname === "/" ? (url.searchParams.get("token") ?? undefined) : undefined,
  ];
  const expected = Buffer.from(token);
  return shown.some((text) => {
    const given = Buffer.from(text ?? "");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function refusal(status: number, shape: ReturnType<typeof shapeOf>, what: string, must: string): Response {
  return new Response(errorBody(shape, "gateway", `${what} ${must}`), {
    status,
    headers: {
      "content-type": "application/json",
      "x-routed-error": "gateway",
      ...(shape === "aws" && {
        "x-amzn-errortype": status < 500 ? "AccessDeniedException" : "ServiceUnavailableException",
      }),
      ...(status < 500 && { "x-should-retry": "false" }),
    },
  });
}

/** A body that is streamed is written as it comes, no faster than it is read. */
async function send(exchange: Exchange, response: Response): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  if (!/event-?stream/.test(response.headers.get("content-type") ?? "")) {
    exchange.respond(response.status, headers, new Uint8Array(await response.arrayBuffer()));
    return;
  }
  exchange.start(response.status, headers);
  try {
    for await (const chunk of response.body ?? []) await exchange.write(chunk);
    exchange.end();
  } catch (error) {
    // A stream that was cut off must not end as if it were whole.
    if (!exchange.gone.aborted) exchange.break("rst-stream");
    throw error;
  }
}
