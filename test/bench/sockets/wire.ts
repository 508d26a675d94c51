import type { HttpVersion } from "../../support/wire.ts";

// What the benchmark and the process of a client say to each other.

export interface ClientOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly httpVersion: HttpVersion;
  readonly streaming: boolean;
  /** The SDK's own client, which sends all there. */
  readonly plainModelId?: string;
}

export type Command =
  | ({ readonly do: "open" } & ClientOptions)
  /** @param blockedForMs - the event loop is blocked in the turn in which the first requests start */
  | { readonly do: "send"; readonly requests: number; readonly atOnce: number; readonly blockedForMs?: number }
  | { readonly do: "pace"; readonly perSecond: number; readonly forMs: number; readonly giveUpMs: number }
  | { readonly do: "block"; readonly forMs: number; readonly times: number; readonly everyMs: number }
  | { readonly do: "expect" | "tell" };

/** One request: who served it, or how it failed. */
export interface Sent {
  readonly modelId?: string;
  readonly failed?: string;
  readonly attempts: number;
  /** Until the first content. */
  readonly tookMs: number;
}

/** The candidates of a plan as they stand now. */
export type Expected = readonly {
  readonly modelId: string;
  readonly ttfbMs: number;
  readonly samples: number;
  readonly backupAfterMs: number;
  readonly reasons: readonly string[];
}[];

export interface Told {
  backups: number;
  readonly cooldowns: string[];
}

export type Reply = readonly Sent[] | Expected | Told;

export interface Message {
  readonly id: number;
  readonly command: Command;
}

export interface Answer {
  readonly id: number;
  readonly reply: Reply;
}
