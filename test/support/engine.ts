import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RespClient } from "./resp-client.ts";

/** The engine that is installed here. */
const ENGINE = ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

/**
 * Whether tests that need a real engine can run. In CI they must: it installs one, and fails without it.
 * @param what - what is left out otherwise
 */
export function hasEngine(what: string): boolean {
  if (ENGINE !== undefined) return true;
  const text = `Neither valkey-server nor redis-server is installed (apt-get install redis-server)`;
  if (process.env.CI !== undefined) throw new Error(text);
  console.warn(`${text}. Left out: ${what}`);
  return false;
}

/** A real Valkey or Redis on loopback, with nothing in it. */
export class Engine {
  readonly port: number;
  readonly folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#options = options;
    this.#process = this.#spawned();
  }

  /** @param options - of its command line, such as `--requirepass` */
  static async start(...options: readonly string[]): Promise<Engine> {
    const engine = new Engine(await freePort(), mkdtempSync(join(tmpdir(), "engine-")), options);
    await engine.#answers();
    return engine;
  }

  /** It keeps its connections and answers nothing. */
  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process.kill("SIGCONT");
  }

  /** It is gone, with all that was in it. */
  async stop(): Promise<void> {
    this.thaw();
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  async start(): Promise<void> {
    this.#process = this.#spawned();
    await this.#answers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs one command on a connection of its own. */
  async run(...command: readonly string[]): Promise<unknown> {
    const client = new RespClient(this.port);
    try {
      return await client.send(command);
    } finally {
      client.close();
    }
  }

  #spawned(): ChildProcess {
    const fixed = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder];
    return spawn(ENGINE ?? "redis-server", [...fixed, "--save", "", "--appendonly", "no", ...this.#options], {
      stdio: "ignore",
    });
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await this.run("PING").catch((error: Error) => error.message);
      if (answer === "PONG" || String(answer).startsWith("NOAUTH")) return;
      await delay(25);
    }
    throw new Error("The engine does not answer");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port");
  return address.port;
}
