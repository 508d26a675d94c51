import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { cleanEnvironment } from "../../support/clean-environment.mjs";
import type { Answer, ClientOptions, Command, Expected, Reply, Sent, Told } from "./wire.ts";

const SCRIPT = resolve(import.meta.dirname, "client-process.ts");

/** A client in a process of its own, which can be frozen. */
export class Client implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #open: Map<number, (reply: Reply) => void> = new Map();
  #asked = 0;

  private constructor() {
    this.#process = fork(SCRIPT, { execArgv: ["--import", "tsx"], env: cleanEnvironment(), serialization: "advanced" });
    this.#process.on("message", ({ id, reply }: Answer) => {
      this.#open.get(id)?.(reply);
      this.#open.delete(id);
    });
  }

  static async start(options: ClientOptions): Promise<Client> {
    const client = new Client();
    await client.#ask({ do: "open", ...options });
    return client;
  }

  send(requests: number, atOnce: number, blockedForMs?: number): Promise<readonly Sent[]> {
    return this.#ask({ do: "send", requests, atOnce, ...(blockedForMs !== undefined && { blockedForMs }) });
  }

  pace(perSecond: number, forMs: number, giveUpMs: number): Promise<readonly Sent[]> {
    return this.#ask({ do: "pace", perSecond, forMs, giveUpMs });
  }

  async block(forMs: number, times = 1, everyMs: number = forMs): Promise<void> {
    await this.#ask({ do: "block", forMs, times, everyMs });
  }

  expects(): Promise<Expected> {
    return this.#ask({ do: "expect" });
  }

  told(): Promise<Told> {
    return this.#ask({ do: "tell" });
  }

  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  async #ask<Answered extends Reply>(command: Command): Promise<Answered> {
    this.#asked += 1;
    const id = this.#asked;
    const reply = new Promise<Reply>((answer, fail) => {
      this.#open.set(id, answer);
      this.#process.once("exit", (code) => fail(new Error(`The process of the client has ended with ${code}`)));
    });
    this.#process.send({ id, command });
    return (await reply) as Answered;
  }
}
