import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A line of a chart: its labels, and values by seconds since the Unix epoch. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** The installed Prometheus on loopback, over samples that are given in the text format of OpenMetrics. */
export class Prometheus implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #address: string;

  private constructor(process: ChildProcess, folder: string, address: string) {
    this.#process = process;
    this.#folder = folder;
    this.#address = address;
  }

  static async over(samples: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const data = join(folder, "data");
    execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", file("samples", samples), data]);
    const address = `127.0.0.1:${await freePort()}`;
    const process = spawn(
      "prometheus",
      [
        `--config.file=${file("prometheus.yml", "global: { scrape_interval: 15s }\n")}`,
        ...[`--storage.tsdb.path=${data}`, "--storage.tsdb.retention.time=100y", `--web.listen-address=${address}`],
      ],
      { stdio: "ignore" },
    );
    const started = new Prometheus(process, folder, address);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const ready = await fetch(`http://${address}/-/ready`).then(
        async (response) => (await response.text()) !== "" && response.ok,
        () => false,
      );
      if (ready) return started;
      await delay(100);
    }
    await started[Symbol.asyncDispose]();
    throw new Error("Prometheus did not start");
  }

  /** @throws Error for an expression that Prometheus refuses */
  async range(expr: string, from: number, to: number, stepSeconds: number): Promise<readonly Series[]> {
    const query = new URLSearchParams({
      query: expr,
      start: String(from / 1_000),
      end: String(to / 1_000),
      step: String(stepSeconds),
    });
    const response = await fetch(`http://${this.#address}/api/v1/query_range?${query}`);
    const body = (await response.json()) as { status: string; error?: string; data: { result: Series[] } };
    if (body.status !== "success") throw new Error(`${body.error}: ${expr}`);
    return body.data.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
