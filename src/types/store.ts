/**
 * Where the processes of a fleet leave what they have seen of their routes. No request ever waits for it, and nothing
 * that stands in it can add a route or widen a residency.
 */
export interface RoutingStore {
  /** Processes with the same namespace believe each other. Quotas belong to an AWS account: use one for each. */
  readonly namespace: string;
  /**
   * One round trip: adds, sets, lets expire, then reads. It may reject, or be given up when `signal` aborts; what was
   * written until then may or may not stand.
   */
  exchange(batch: StoreBatch, signal: AbortSignal): Promise<StoreReply>;
}

/** Braces would move the hash tag, by which a cluster finds the slot of a key. */
export function isNamespace(value: unknown): value is string {
  return typeof value === "string" && /^[\w.:-]{1,64}$/.test(value);
}

export const NAMESPACE_EXPECTED = "must be 1 to 64 letters, digits, dots, colons, hyphens or underscores";

/** What one exchange does, in this order. Every key is a hash of text fields. */
export interface StoreBatch {
  /** Adds whole numbers; the order of the writers does not matter. */
  readonly add: readonly { readonly key: string; readonly field: string; readonly by: number }[];
  /** The last writer wins. */
  readonly set: readonly { readonly key: string; readonly field: string; readonly value: string }[];
  readonly expire: readonly { readonly key: string; readonly afterMs: number }[];
  /** Keys whose fields are read, all of them. */
  readonly read: readonly string[];
}

export interface StoreReply {
  /** The engine's own clock, milliseconds since the Unix epoch; `undefined` where it has none. */
  readonly timeMs: number | undefined;
  /** The fields of each key of `read`, in its order; no fields where the key does not exist. */
  readonly hashes: readonly Readonly<Record<string, string>>[];
}

/** Why an exchange came to nothing. */
export type StoreFailureReason =
  /** The engine wants another user or password, or a permission that this one lacks. */
  | "denied"
  /** A replica, or an engine that cannot save to its disk. */
  | "read-only"
  | "out-of-memory"
  /** Something else stands at the key. */
  | "wrong-type"
  /** The client does not know the slots of the cluster, or they are on the move. */
  | "moved"
  | "unusable-reply"
  /** There was no answer in time. */
  | "gave-up"
  | "error";

export const STORE_FAILURES: readonly StoreFailureReason[] = Object.freeze([
  "denied",
  "read-only",
  "out-of-memory",
  "wrong-type",
  "moved",
  "unusable-reply",
  "gave-up",
  "error",
]);

/** Rejects an exchange. It carries no text of the engine: that can hold keys and addresses. */
export class RoutingStoreError extends Error {
  readonly reason: StoreFailureReason;

  constructor(reason: StoreFailureReason) {
    super(`The routing store could not be used: ${reason}`);
    this.name = "RoutingStoreError";
    this.reason = reason;
  }
}
