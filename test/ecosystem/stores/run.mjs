/**
 * The `send` functions that docs/fleet.md names, with the clients themselves, against a real engine and a cluster of one
 * node: `npm run test:stores`. Needs the built package and valkey-server or redis-server.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const FOLDER = import.meta.dirname;
execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: FOLDER, stdio: "ignore" });
const { valkeyStore } = await import("../../../dist/store.js");
const { Redis: IoRedis, Cluster: IoCluster } = await import("ioredis");
const { Redis: IoValkey } = await import("iovalkey");
const { createClient, createCluster } = await import("redis");
const { GlideClient, GlideClusterClient } = await import("@valkey/valkey-glide");

const SERVER = ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
assert(SERVER, "Neither valkey-server nor redis-server is installed (apt-get install redis-server)");
const [single, cluster] = [
  await start(17_390),
  await start(17_391, "--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"),
];
const node = { host: "127.0.0.1", port: 17_391 };

const CLIENTS = {
  ioredis: () => {
    const redis = new IoRedis(17_390);
    return [([name = "", ...args]) => redis.call(name, ...args), () => redis.disconnect()];
  },
  "ioredis cluster": () => {
    const redis = new IoCluster([node]);
    return [([name = "", ...args]) => redis.call(name, ...args), () => redis.disconnect()];
  },
  iovalkey: () => {
    const redis = new IoValkey(17_390);
    return [([name = "", ...args]) => redis.call(name, ...args), () => redis.disconnect()];
  },
  "node-redis": async () => {
    const redis = await createClient({ url: "redis://127.0.0.1:17390" }).connect();
    return [(command) => redis.sendCommand(command), () => redis.destroy()];
  },
  "node-redis, RESP3": async () => {
    const redis = await createClient({ url: "redis://127.0.0.1:17390", RESP: 3 }).connect();
    return [(command) => redis.sendCommand(command), () => redis.destroy()];
  },
  "node-redis cluster": async () => {
    const redis = createCluster({ rootNodes: [{ url: "redis://127.0.0.1:17391" }] });
    await redis.connect();
    return [(command, key) => redis.sendCommand(key, false, command), () => redis.destroy()];
  },
  GLIDE: async () => {
    const redis = await GlideClient.createClient({ addresses: [{ host: "127.0.0.1", port: 17_390 }] });
    return [(command) => redis.customCommand(command), () => redis.close()];
  },
  "GLIDE cluster": async () => {
    const redis = await GlideClusterClient.createClient({ addresses: [node] });
    return [
      (command, key) => redis.customCommand(command, { route: { type: "primarySlotKey", key } }),
      () => redis.close(),
    ];
  },
};

try {
  for (const [name, connect] of Object.entries(CLIENTS)) await check(name, connect);
} finally {
  for (const { engine, folder } of [single, cluster]) {
    engine.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function check(name, connect) {
  const [send, close] = await connect();
  const store = valkeyStore({ namespace: "stores", send });
  const key = `brc1:{stores/${name.replace(/\W/g, "-")}}:f`;
  const batch = {
    add: [
      { key, field: "count", by: 2 },
      { key, field: "other", by: 1 },
    ],
    set: [{ key, field: "fact", value: "as told" }],
    expire: [{ key, afterMs: 60_000 }],
    read: [key, `${key}:none`],
  };
  await store.exchange(batch, AbortSignal.timeout(5_000));
  const { timeMs, hashes } = await store.exchange(batch, AbortSignal.timeout(5_000));
  assert.deepEqual({ ...hashes[0] }, { count: "4", other: "2", fact: "as told" });
  assert.deepEqual({ ...hashes[1] }, {});
  assert(Math.abs(timeMs - Date.now()) < 5_000);
  await send(["SET", `${key}:none`, "text"], `${key}:none`);
  await assert.rejects(store.exchange(batch, AbortSignal.timeout(5_000)), { reason: "wrong-type" });
  await close();
  console.log(`ok: ${name}`);
}

async function start(port, ...options) {
  const folder = mkdtempSync(join(tmpdir(), "stores-"));
  const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const engine = spawn(SERVER, [...fixed, ...options], { stdio: "ignore" });
  const redis = new IoRedis(port, { retryStrategy: () => 50 }).on("error", () => {});
  if (options.length > 0) await redis.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  else await redis.ping();
  while (options.length > 0 && !String(await redis.call("CLUSTER", "INFO")).includes("cluster_state:ok"))
    await delay(50);
  redis.disconnect();
  return { engine, folder };
}
