import type { RequestRoutingOptions } from "../options/options.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";

/** Carries {@link RequestRoutingOptions} as JSON. */
const ROUTING_HEADER = "x-routed-options";

/**
 * Options of one request as headers, for libraries that take headers per call and nothing else. The routed `fetch` reads
 * them and sends none of them on.
 *
 * @example
 * ```ts
 * streamText({ model, prompt, headers: routingHeaders({ workload: "chat" }) });
 * ```
 */
export function routingHeaders(options: RequestRoutingOptions): Record<string, string> {
  // Header values are Latin-1 at most.
  const json = JSON.stringify(options).replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return { [ROUTING_HEADER]: json };
}

/**
 * The options that a request brings along.
 * @throws {@link InvalidOptionsError} when they are no JSON; what they say is checked where it is used
 */
export function routingOptionsIn(headers: Headers): RequestRoutingOptions | undefined {
  const text = headers.get(ROUTING_HEADER);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as RequestRoutingOptions;
  } catch {
    throw new InvalidOptionsError(ROUTING_HEADER, "must be JSON, as routingHeaders() writes it", received(text));
  }
}

/** What a request takes along to the service: not what belongs to its connection, nor the signature of the caller. */
export function carriedHeaders(headers: Headers): Record<string, string> {
  const carried: Record<string, string> = {};
  for (const [name, value] of headers) if (!NOT_CARRIED.test(name)) carried[name] = value;
  return carried;
}

/** What an answer takes along to the caller. Its body is decoded, and its length is told by its end. */
export function answerHeaders(headers: Readonly<Record<string, string>>): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) if (!NOT_KEPT.test(name)) kept.append(name, String(value));
  return kept;
}

const HOP_BY_HOP = "connection|keep-alive|proxy-[a-z-]+|te|trailer|transfer-encoding|upgrade";

/**
 * The signature is for the wrong Region and model, a key may be a dummy, the SDK has a user agent and invocation ids of
 * its own, and no compressed answer is asked for, because it has to be read on its way.
 */
const NOT_CARRIED = new RegExp(
  `^(?:${HOP_BY_HOP}|host|content-length|expect|accept-encoding|cookie|origin|referer|user-agent|authorization|x-api-key|api-key|x-amz-(?:date|content-sha256|security-token|user-agent)|amz-sdk-[a-z-]+|x-routed-.*|sec-.*)$`,
);
const NOT_KEPT = new RegExp(`^(?::.*|${HOP_BY_HOP}|content-length|content-encoding)$`);
