import type { RoutingStore } from "../types/store.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { checkedNamespace } from "./namespace.ts";

export interface MemoryStoreOptions {
  /** @defaultValue `"memory"` */
  readonly namespace?: string;
  /** @internal */
  readonly clock?: Pick<Clock, "wallNow">;
}

interface Hash {
  readonly fields: Map<string, string>;
  expiresAtMs: number;
}

/**
 * A store within this process: for several clients that call Bedrock with the same account, and for tests.
 * @throws {@link InvalidOptionsError} for a namespace that is no name
 */
export function memoryStore({ namespace = "memory", clock = systemClock }: MemoryStoreOptions = {}): RoutingStore {
  const hashes = new Map<string, Hash>();
  const hashAt = (key: string): Hash | undefined => {
    const hash = hashes.get(key);
    if (hash === undefined || clock.wallNow() < hash.expiresAtMs) return hash;
    hashes.delete(key);
    return undefined;
  };
  const madeAt = (key: string): Hash => {
    const hash = hashAt(key) ?? { fields: new Map(), expiresAtMs: Number.POSITIVE_INFINITY };
    hashes.set(key, hash);
    return hash;
  };
  return {
    namespace: checkedNamespace(namespace),
    async exchange({ add, set, expire, read }) {
      // Nobody reads a key again once its time is over, so that reading alone would never let go of it.
      for (const key of [...hashes.keys()]) hashAt(key);
      for (const { key, field, by } of add) {
        const { fields } = madeAt(key);
        fields.set(field, String(Number(fields.get(field) ?? 0) + by));
      }
      for (const { key, field, value } of set) madeAt(key).fields.set(field, value);
      for (const { key, afterMs } of expire) {
        const hash = hashAt(key);
        if (hash !== undefined) hash.expiresAtMs = clock.wallNow() + afterMs;
      }
      return {
        timeMs: clock.wallNow(),
        hashes: read.map((key) => Object.fromEntries(hashAt(key)?.fields ?? [])),
      };
    },
  };
}
