import { InvalidOptionsError } from "../types/errors.ts";
import { type RoutingStore, RoutingStoreError, type StoreFailureReason } from "../types/store.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { received } from "../util/received.ts";
import { checkedNamespace } from "./namespace.ts";

export interface ValkeyStoreOptions {
  /**
   * Sends one command through a client that is yours: its connection, its authentication, its TLS. `key` is the key of
   * the command, for clients of a cluster; all keys of an exchange are in one slot.
   *
   * - ioredis, iovalkey: `([name = "", ...args]) => redis.call(name, ...args)`
   * - node-redis: `(command) => redis.sendCommand(command)`
   * - node-redis cluster: `(command, key) => cluster.sendCommand(key, false, command)`
   * - GLIDE: `(command) => client.customCommand(command)`
   * - GLIDE, cluster: `(command, key) => client.customCommand(command, { route: { type: "primarySlotKey", key } })`
   */
  send(command: string[], key: string): Promise<unknown>;
  /** Processes with the same namespace believe each other: use one for each AWS account and environment. */
  readonly namespace: string;
  /** @internal */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A store in Valkey 7.2 or newer, or Redis 6.2 or newer. It opens no connection and needs no package: the commands go
 * through your client. They are `HINCRBY`, `HSET`, `PEXPIRE`, `TIME` and `HSCAN`.
 * @throws {@link InvalidOptionsError}
 * @see https://valkey.io/commands/
 */
export function valkeyStore({ send, namespace, clock = systemClock }: ValkeyStoreOptions): RoutingStore {
  if (typeof send !== "function") {
    throw new InvalidOptionsError("send", "must be a function that sends one command", received(send));
  }
  /** Commands that the client has not settled, and when they were given to it. */
  let unsettled: { readonly since: number } | undefined;
  return {
    namespace: checkedNamespace(namespace),
    async exchange({ add, set, expire, read }, signal) {
      // Clients keep what they are given while the engine is gone, and run all of it when it is back.
      if (unsettled !== undefined && clock.now() - unsettled.since < FORGOTTEN_MS)
        throw new RoutingStoreError("gave-up");
      const anyKey = [...add, ...set, ...expire][0]?.key ?? read[0] ?? namespace;
      const call = async (command: string[], key: string): Promise<unknown> => send(command, key);
      // In one turn: every client sends what it is given in a turn together.
      const commands = Promise.all([
        Promise.all([
          ...add.map(({ key, field, by }) => call(["HINCRBY", key, field, String(by)], key)),
          ...set.map(({ key, field, value }) => call(["HSET", key, field, value], key)),
          ...expire.map(({ key, afterMs }) => call(["PEXPIRE", key, String(Math.round(afterMs))], key)),
        ]),
        call(["TIME"], anyKey),
        Promise.all(read.map((key) => call(["HSCAN", key, "0", "COUNT", String(MOST_FIELDS)], key))),
      ]);
      const mine = { since: clock.now() };
      unsettled = mine;
      const settled = (): void => {
        if (unsettled === mine) unsettled = undefined;
      };
      commands.then(settled, settled);
      const [, time, hashes] = await unlessAborted(commands, signal).catch((error: unknown) => {
        throw new RoutingStoreError(signal.aborted ? "gave-up" : reasonOf(error));
      });
      return { timeMs: timeIn(time), hashes: hashes.map(fieldsIn) };
    },
  };
}

/** A hash with more fields was not written by this library, and is not read to its end. */
const MOST_FIELDS = 4_096;
/** A client that never settles a command is believed to have lost it after this time. */
const FORGOTTEN_MS = 300_000;

/** A frozen engine answers nothing, and clients wait for it without end. */
function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** The engine names the kind of its error in the first word. */
const REASONS: readonly (readonly [RegExp, StoreFailureReason])[] = [
  [/^(?:NOAUTH|NOPERM|WRONGPASS)/, "denied"],
  [/^(?:READONLY|MISCONF|NOREPLICAS)/, "read-only"],
  [/^OOM/, "out-of-memory"],
  [/^WRONGTYPE/, "wrong-type"],
  [/^(?:MOVED|ASK|CROSSSLOT|CLUSTERDOWN|TRYAGAIN)/, "moved"],
];

function reasonOf(error: unknown): StoreFailureReason {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  const text = typeof message === "string" ? message : "";
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "error";
}

/** Seconds and microseconds. */
function timeIn(reply: unknown): number {
  const [seconds, micros] = Array.isArray(reply) ? reply.map((part) => Number(textOf(part))) : [];
  const timeMs = (seconds ?? Number.NaN) * 1_000 + Math.floor((micros ?? Number.NaN) / 1_000);
  if (Number.isSafeInteger(timeMs) && timeMs > 0) return timeMs;
  throw new RoutingStoreError("unusable-reply");
}

/**
 * The fields of a hash, from the answer to `HSCAN`: a cursor, and names and values in turn. Clients make of the latter an
 * array, a `Map`, an object or a list of entries, with text or bytes in it.
 */
function fieldsIn(reply: unknown): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!Array.isArray(reply) || reply.length !== 2) throw new RoutingStoreError("unusable-reply");
  const [cursor, found] = reply as readonly unknown[];
  if (textOf(cursor) !== "0") return fields;
  const add = (name: unknown, value: unknown): void => {
    fields[textOf(name)] = textOf(value);
  };
  if (found instanceof Map) {
    for (const [name, value] of found) add(name, value);
  } else if (Array.isArray(found)) {
    const isList = found.every((part) => typeof part === "string" || part instanceof Uint8Array);
    if (isList && found.length % 2 === 0) {
      for (let index = 0; index < found.length; index += 2) add(found[index], found[index + 1]);
    } else {
      for (const entry of found) addEntry(entry, add);
    }
  } else if (typeof found === "object" && found !== null) {
    for (const [name, value] of Object.entries(found)) add(name, value);
  } else {
    throw new RoutingStoreError("unusable-reply");
  }
  return fields;
}

function addEntry(entry: unknown, add: (name: unknown, value: unknown) => void): void {
  if (typeof entry !== "object" || entry === null) throw new RoutingStoreError("unusable-reply");
  const { key, field, value } = entry as { key?: unknown; field?: unknown; value?: unknown };
  if (Array.isArray(entry)) add(entry[0], entry[1]);
  else add(key ?? field, value);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  throw new RoutingStoreError("unusable-reply");
}
