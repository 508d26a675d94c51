// The room fetch/: the door of libraries that call a `fetch`. Its one door is `index.ts`.

import { createRoutedClient, type RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import { DOOR_PARTS, type DoorParts } from "../client/routed-client.ts";
import type { RoutedClientConfig } from "../options/options.ts";
import type { Routing } from "../router/routing.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import { Door } from "./door.ts";
import { serviceOf } from "./home.ts";
import { readRequest } from "./incoming.ts";

/** A `fetch` that sends requests for Amazon Bedrock to the best route. */
export interface RoutedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Plans, live statistics and events: those of the client. */
  readonly routing: Routing;
  /** The client behind it. One that was made for this `fetch` is yours to `destroy()`. */
  readonly client: RoutedBedrockRuntimeClient;
}

/**
 * Makes a WHATWG `fetch` for libraries that build their own requests for Amazon Bedrock: AI SDK, Anthropic SDK, OpenAI
 * SDK on `bedrock-runtime`, Mastra. It takes Converse, InvokeModel, Chat Completions, Responses and Messages, with their
 * streams; signs anew for the route with the client's own credentials; hands on the service's bytes, status and
 * headers; and repeats nothing that the library repeats by itself.
 *
 * Other requests go to the home Region, or are refused when that could break the residency. Errors of this library are
 * answered with status 400, in the form that the path's libraries read.
 *
 * @param configOrClient - the config of a routed client, or a routed client: then both share one router, one health and
 * one set of budgets
 * @throws {@link InvalidOptionsError} for an option that is misspelt, out of range or contradicts another one
 * @example
 * ```ts
 * const fetch = createRoutedFetch({ region: "eu-central-1", routing: { policy: "latency", residency: "eu" } });
 * const bedrock = createAmazonBedrock({ region: "eu-central-1", apiKey: "routed", fetch });
 * ```
 */
export function createRoutedFetch(configOrClient: RoutedClientConfig | RoutedBedrockRuntimeClient): RoutedFetch {
  const client = isRoutedClient(configOrClient) ? configOrClient : createRoutedClient(configOrClient);
  const parts = partsOf(client);
  const door = new Door(parts);
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = await readRequest(input, init);
    return door.handle(request, async (homeRegion) => {
      const fips = (await client.config.useFipsEndpoint()) === true;
      return serviceOf(request.url, homeRegion, await endpointsOf(client, parts, homeRegion), fips);
    });
  };
  return Object.defineProperties(fetch, {
    routing: { value: client.routing, enumerable: true },
    client: { value: client, enumerable: true },
  }) as RoutedFetch;
}

/** What another door works with. @internal */
export function partsOf(client: RoutedBedrockRuntimeClient): DoorParts {
  const parts = (client as { readonly [DOOR_PARTS]?: DoorParts })[DOOR_PARTS];
  if (parts === undefined) {
    throw new InvalidOptionsError("client", "must be made by createRoutedClient()", received(client));
  }
  return parts;
}

function isRoutedClient(value: object): value is RoutedBedrockRuntimeClient {
  return typeof value === "object" && value !== null && "send" in value && typeof value.send === "function";
}

/** Endpoints that stand for the home Region: in the options, in the client's config and in the environment. */
async function endpointsOf(
  client: RoutedBedrockRuntimeClient,
  { endpoints }: DoorParts,
  homeRegion: string,
): Promise<readonly string[]> {
  const own = endpoints[homeRegion];
  const configured = await client.config.endpoint?.();
  const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: ofService, AWS_ENDPOINT_URL: ofAll } = process.env;
  return [
    ...(own === undefined ? [] : [own]),
    ...(configured === undefined
      ? []
      : [
          `${configured.protocol}//${configured.hostname}${configured.port === undefined ? "" : `:${configured.port}`}`,
        ]),
    ...[ofService, ofAll].filter((endpoint) => endpoint !== undefined),
  ];
}
