import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createRoutedClient } from "../../src/client/create-routed-client.ts";
import type { AttemptEvent, RoutedBedrockRuntimeClient } from "../../src/index.ts";
import type { Listening } from "./server.ts";
import { ATTEMPT_HEADER, SOURCE_REGIONS } from "./wire.ts";

const CALL_ENDS = ["pending", "answered", "aborted", "connection", "refused"] as const;

/** How one call of the SDK ended. */
export type CallEnd = (typeof CALL_ENDS)[number];

/** Every call that the SDK made, by its number. */
export class Calls {
  // A byte each and outside the heap, whose growth is measured: an array of strings grows by a megabyte in 100,000 calls.
  #ends = new Uint8Array(1 << 20);
  #count = 0;

  /** A call begins. Numbers start at 1. */
  begin(): number {
    this.#count += 1;
    if (this.#count >= this.#ends.length) {
      const larger = new Uint8Array(2 * this.#ends.length);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    return this.#count;
  }

  end(call: number, end: CallEnd): void {
    this.#ends[call] = CALL_ENDS.indexOf(end);
  }

  endOf(call: number): CallEnd {
    return CALL_ENDS[this.#ends[call] ?? 0] ?? "pending";
  }

  get count(): number {
    return this.#count;
  }
}

/** A routed client, and what is known of it from outside. */
export interface SoakClient {
  readonly name: string;
  readonly client: RoutedBedrockRuntimeClient;
  readonly attempts: { told: number; readonly outcomes: Record<string, number> };
  failovers: number;
  backups: number;
}

/** A routed client against the simulator, over HTTP/2 as the SDK has it by default or over HTTP/1.1. */
export function soakClient(version: "HTTP/2" | "HTTP/1.1", { config }: Listening, calls: Calls): SoakClient {
  const client = createRoutedClient({
    ...config,
    ...(version === "HTTP/1.1" && { requestHandler: new NodeHttpHandler({ connectionTimeout: 5_000 }) }),
    routing: { policy: "latency", sourceRegions: SOURCE_REGIONS },
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const call = calls.begin();
      (args.request as { headers: Record<string, string> }).headers[ATTEMPT_HEADER] = String(call);
      try {
        const result = await next(args);
        calls.end(call, "answered");
        return result;
      } catch (error) {
        calls.end(call, endOf(error));
        throw error;
      }
    },
    { step: "build", name: "soakAttemptNumber" },
  );
  const soaked: SoakClient = { name: version, client, attempts: { told: 0, outcomes: {} }, failovers: 0, backups: 0 };
  client.routing.on("attempt", ({ outcome }: AttemptEvent) => {
    soaked.attempts.told += 1;
    soaked.attempts.outcomes[outcome] = (soaked.attempts.outcomes[outcome] ?? 0) + 1;
  });
  client.routing.on("failover", () => {
    soaked.failovers += 1;
  });
  client.routing.on("backup", () => {
    soaked.backups += 1;
  });
  return soaked;
}

function endOf(error: unknown): CallEnd {
  const { name, $response, $metadata } = error as {
    name?: string;
    $response?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  if (name === "AbortError") return "aborted";
  return $response !== undefined || $metadata?.httpStatusCode !== undefined ? "refused" : "connection";
}
