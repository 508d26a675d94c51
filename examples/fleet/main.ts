/**
 * Three processes share what they observe through a real Valkey or Redis. A route breaks; the first process meets that,
 * and the other two never do.
 *
 *   apt-get install redis-server   # or valkey-server
 *   node --import tsx examples/fleet/main.ts
 */
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { createSimulator } from "bedrock-routed-client/simulator";

const installed = ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
if (installed === undefined) throw new Error("Neither valkey-server nor redis-server is installed");

const port = 20_000 + Math.floor(Math.random() * 20_000);
const engine = spawn(installed, ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {
  stdio: ["ignore", "pipe", "inherit"],
});
for await (const line of engine.stdout) if (String(line).includes("eady to accept connections")) break;

const simulator = await createSimulator({ timeScale: 0.05 });
const config = JSON.stringify(simulator.clientConfig({ region: "eu-central-1" }));

const processes = await Promise.all(["first", "second", "third"].map(start));
console.log("All is well:");
for (const one of processes) await one.ask();

// From now on the route that they prefer answers nobody.
simulator.rule({ match: { modelId: "eu.anthropic.claude-sonnet-4-6" }, fault: { kind: "service-unavailable" } });
console.log("\nThe EU profile fails. The first process meets it:");
await processes[0]?.ask();
await Promise.race([Promise.all(processes.slice(1).map(({ heard }) => heard)), delay(4_000)]);
console.log("\nThe others have heard of it:");
for (const one of processes.slice(1)) await one.ask();

for (const one of processes) one.stop();
engine.kill();
await simulator.close();

async function start(name: string): Promise<{ ask(): Promise<void>; stop(): void; heard: Promise<void> }> {
  let hear = (): void => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const child: ChildProcess = fork(new URL("process.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ENGINE_PORT: String(port), SIMULATOR_CONFIG: config },
  });
  const told = new Set<string>();
  child.on("message", (message: { tells?: string }) => {
    // The news comes again with every exchange that prolongs it.
    if (message.tells === undefined || told.has(message.tells)) return;
    told.add(message.tells);
    console.log(`  ${name}: ${message.tells}`);
    if (message.tells.includes("heard")) hear();
  });
  await once(child, "message");
  return {
    async ask() {
      child.send("ask");
      for (;;) {
        const [message] = (await once(child, "message")) as [{ readonly tried?: readonly string[] }];
        if (message.tried !== undefined) return console.log(`  ${name} tried ${message.tried.join(", then ")}`);
      }
    },
    heard,
    stop: () => void child.send("stop"),
  };
}
