import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fleetKeys } from "../../src/health/fleet/fleet-codec.ts";
import { memoryStore, type RoutingStore, type StoreBatch, valkeyStore } from "../../src/store/index.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";
import { Engine, hasEngine } from "../support/engine.ts";
import { RespClient } from "../support/resp-client.ts";

const KEY = "brc1:{test/model}:f";
const never = (): AbortSignal => new AbortController().signal;
const BATCH: StoreBatch = {
  add: [
    { key: KEY, field: "count", by: 2 },
    { key: KEY, field: "count", by: 3 },
  ],
  set: [{ key: KEY, field: "fact", value: "as told" }],
  expire: [{ key: KEY, afterMs: 300_000 }],
  read: [KEY, "brc1:{test/model}:none"],
};
const READ: StoreBatch = { add: [], set: [], expire: [], read: [KEY] };

describe("a store in memory", () => {
  it("adds, sets, reads, and lets expire", async () => {
    let now = 1_000_000;
    const store = memoryStore({ clock: { wallNow: () => now } });
    expect(await store.exchange(BATCH, never())).toEqual({
      timeMs: 1_000_000,
      hashes: [{ count: "5", fact: "as told" }, {}],
    });
    now += 300_000;
    expect((await store.exchange(READ, never())).hashes).toEqual([{}]);
  });
});

describe("the options of a store", () => {
  it.each([undefined, "", "a b", "{a}", "a/b", "x".repeat(65)])("refuse the namespace %j", (namespace) => {
    const make = (): RoutingStore => valkeyStore({ send: async () => {}, namespace: namespace as string });
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(/^namespace must be 1 to 64 letters/);
  });

  it("refuse a client in place of a function", () => {
    expect(() => valkeyStore({ send: {} as never, namespace: "test" })).toThrow(/^send must be a function/);
  });
});

describe.skipIf(!hasEngine("stores in a real Valkey or Redis"))("a store in an engine", () => {
  let engine: Engine;
  let client: RespClient;
  let store: RoutingStore;

  async function start(options: readonly string[] = [], greeting: readonly string[][] = []): Promise<void> {
    engine = await Engine.start(...options);
    client = new RespClient(engine.port, greeting);
    store = valkeyStore({ send: client.send, namespace: "test" });
  }

  afterEach(async () => {
    client.close();
    await engine[Symbol.asyncDispose]();
  });

  /** What it says after so long a time. */
  async function reasonAfter(ms: number, batch: StoreBatch = BATCH): Promise<unknown> {
    const signal = AbortSignal.timeout(ms);
    return store.exchange(batch, signal).then(
      () => "no failure",
      (error: { readonly reason?: unknown }) => error.reason,
    );
  }

  describe("that is well", () => {
    beforeEach(() => start());

    it("adds, sets, lets expire and reads in one round trip", async () => {
      const { timeMs, hashes } = await store.exchange(BATCH, never());
      expect(hashes).toEqual([{ count: "5", fact: "as told" }, {}]);
      const [seconds] = (await engine.run("TIME")) as readonly [string];
      expect(Math.abs((timeMs ?? 0) - 1_000 * Number(seconds))).toBeLessThan(60_000);
      expect(await engine.run("PTTL", KEY)).toBeGreaterThan(290_000);
      expect(await engine.run("INFO", "commandstats")).not.toMatch(/cmdstat_(eval|keys|scan|multi)/);
    });

    it("loses nothing of what many write at once", async () => {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const other = new RespClient(engine.port);
          for (let turn = 0; turn < 10; turn += 1) {
            await valkeyStore({ send: other.send, namespace: "test" }).exchange(BATCH, never());
          }
          other.close();
        }),
      );
      expect((await store.exchange(READ, never())).hashes[0]?.count).toBe("1000");
    });

    it("says what stands in the way", async () => {
      await engine.run("SET", KEY, "a text");
      expect(await reasonAfter(2_000)).toBe("wrong-type");
    });

    it("reads no hash to its end that is too large to be its own", async () => {
      const fields = Array.from({ length: 9_000 }, (_, index) => [`field${index}`, "1"]).flat();
      await engine.run("HSET", KEY, ...fields);
      expect((await store.exchange(READ, never())).hashes).toEqual([{}]);
      await engine.run("DEL", KEY);
      await engine.run("HSET", KEY, ...fields.slice(0, 4_000));
      expect(Object.keys((await store.exchange(READ, never())).hashes[0] ?? {})).toHaveLength(2_000);
    });

    it("gives up on a frozen engine, and gives the client no second exchange until the first is settled", async () => {
      await store.exchange(BATCH, never());
      engine.freeze();
      expect(await reasonAfter(100)).toBe("gave-up");
      const kept = client.waiting;
      for (let turn = 0; turn < 20; turn += 1) expect(await reasonAfter(1_000)).toBe("gave-up");
      expect(client.waiting).toBe(kept);
      engine.thaw();
      for (let tries = 0; client.waiting > 0 && tries < 100; tries += 1) await delay(10);
      expect((await store.exchange(READ, never())).hashes[0]?.count).toBe("10");
    });

    it("goes on with an engine that was away and has lost everything", async () => {
      await store.exchange(BATCH, never());
      await engine.stop();
      expect(await reasonAfter(2_000)).toBe("error");
      await engine.start();
      expect((await store.exchange(BATCH, never())).hashes[0]?.count).toBe("5");
    });

    it("cannot write when memory is used up", async () => {
      await engine.run("CONFIG", "SET", "maxmemory", "1");
      expect(await reasonAfter(2_000)).toBe("out-of-memory");
    });

    it("cannot write to a replica", async () => {
      await engine.run("REPLICAOF", "127.0.0.1", "1");
      expect(await reasonAfter(2_000)).toBe("read-only");
    });

    it("cannot write when the engine cannot save to its disk", async () => {
      await engine.run("CONFIG", "SET", "save", "1 1");
      rmSync(engine.folder, { recursive: true });
      await engine.run("BGSAVE");
      for (let tries = 0; tries < 200; tries += 1) {
        if (String(await engine.run("INFO", "persistence")).includes("rdb_last_bgsave_status:err")) break;
        await delay(25);
      }
      expect(await reasonAfter(2_000)).toBe("read-only");
    });
  });

  it("is denied without a password, and with a user who may not", async () => {
    await start(["--requirepass", "secret"]);
    expect(await reasonAfter(2_000)).toBe("denied");
    client.close();
    client = new RespClient(engine.port, [["AUTH", "secret"]]);
    store = valkeyStore({ send: client.send, namespace: "test" });
    await store.exchange(BATCH, never());
    await client.send(["ACL", "SETUSER", "reader", "on", ">word", "~brc1:*", "+hscan", "+time"]);
    client.close();
    client = new RespClient(engine.port, [["AUTH", "reader", "word"]]);
    store = valkeyStore({ send: client.send, namespace: "test" });
    expect(await reasonAfter(2_000)).toBe("denied");
    expect(await reasonAfter(2_000, READ)).toBe("no failure");
  });

  it("works with the permissions that the documentation names", async () => {
    await start();
    const rights = ["on", ">word", "~brc1:*", "+hincrby", "+hset", "+hscan", "+pexpire", "+time"];
    await engine.run("ACL", "SETUSER", "routing", ...rights);
    client = new RespClient(engine.port, [["AUTH", "routing", "word"]]);
    store = valkeyStore({ send: client.send, namespace: "test" });
    expect((await store.exchange(BATCH, never())).hashes[0]).toEqual({ count: "5", fact: "as told" });
  });

  it("has all keys of a model in one slot of a cluster", async () => {
    await start(["--cluster-enabled", "yes"]);
    expect(await reasonAfter(2_000)).toBe("moved");
    await engine.run("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    for (let tries = 0; tries < 200; tries += 1) {
      if (String(await engine.run("CLUSTER", "INFO")).includes("cluster_state:ok")) break;
      await delay(25);
    }
    const keys = fleetKeys("acct-1", "anthropic.claude-sonnet-4-6");
    const all = [keys.facts, ...[1, 2, 176_000_000].map(keys.counts)];
    expect(new Set(await Promise.all(all.map((key) => engine.run("CLUSTER", "KEYSLOT", key)))).size).toBe(1);
    expect((await store.exchange(BATCH, never())).hashes[0]?.count).toBe("5");
  });
});
