import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "tsup";
import type { Summary } from "./measure.ts";
import { editedSource, type SourceEdit } from "./mechanisms.ts";
import type { Task, TaskResult } from "./worker.ts";

/**
 * Works through the tasks on so many threads, the first ones first. The summaries come in the order of the tasks.
 * @param edits - what to change in the library first
 */
export async function runTasks(
  tasks: readonly Task[],
  threads: number,
  onProgress: (done: number) => void,
  edits: readonly SourceEdit[] = [],
): Promise<readonly Summary[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-routing-"));
  try {
    const script = await bundled(folder, edits);
    const summaries: Summary[] = new Array(tasks.length);
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      const worker = new Worker(script, { execArgv: [] });
      try {
        while (next < tasks.length) {
          const place = next;
          next += 1;
          summaries[place] = await ask(worker, tasks[place]!);
          done += 1;
          onProgress(done);
        }
      } finally {
        await worker.terminate();
      }
    };
    await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
    return summaries;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiled ahead: a loader that compiles on the fly also wraps every function that is made while the benchmark runs. */
async function bundled(outDir: string, edits: readonly SourceEdit[]): Promise<string> {
  await build({
    config: false,
    entry: { worker: join(import.meta.dirname, "worker.ts") },
    outDir,
    format: "esm",
    target: "node20",
    outExtension: () => ({ js: ".mjs" }),
    noExternal: [/.*/],
    splitting: false,
    silent: true,
    esbuildPlugins: [
      { name: "edits", setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path }) => edited(path, edits)) },
    ],
  });
  return join(outDir, "worker.mjs");
}

function edited(path: string, edits: readonly SourceEdit[]): { contents: string; loader: "ts" } | undefined {
  const file = relative(SRC, path);
  if (!edits.some((edit) => edit.file === file)) return undefined;
  return { contents: editedSource(file, readFileSync(path, "utf8"), edits), loader: "ts" };
}

const SRC = join(import.meta.dirname, "../../../src");

function ask(worker: Worker, task: Task): Promise<Summary> {
  return new Promise((resolve, reject) => {
    worker.once("message", (result: TaskResult) => {
      worker.off("error", reject);
      if ("summary" in result) resolve(result.summary);
      else reject(new Error(`${task.contender} in ${task.regime}: ${result.error}`));
    });
    worker.once("error", reject);
    worker.postMessage(task);
  });
}
