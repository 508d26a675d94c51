import { parentPort } from "node:worker_threads";
import { contenderNamed } from "./contenders.ts";
import { measure, type Summary } from "./measure.ts";
import { regimeNamed } from "./regimes/regime-named.ts";

/** One contender in one regime. Regimes and contenders go by name: they hold functions, which cannot be sent. */
export interface Task {
  readonly regime: string;
  readonly contender: string;
  readonly seeds: readonly number[];
}

export type TaskResult = { readonly summary: Summary } | { readonly error: string };

parentPort?.on("message", (task: Task) => {
  measure(regimeNamed(task.regime), contenderNamed(task.contender), task.seeds).then(
    (summary) => post({ summary }),
    (error: unknown) => post({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

function post(result: TaskResult): void {
  parentPort?.postMessage(result);
}
