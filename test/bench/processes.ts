import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cleanEnvironment } from "../support/clean-environment.mjs";

/** A process of its own that runs one of the scripts of `processes/`, without a compiler in between. */
export interface Worker {
  /** What the process tells next, after it was sent `message`, if anything. */
  ask<Answer>(message?: unknown): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts a process and hands it its settings. */
export function startWorker(script: string, settings: object = {}): Worker {
  const child: ChildProcess = fork(new URL(`processes/${script}.mjs`, import.meta.url), [JSON.stringify(settings)], {
    execArgv: [],
    env: cleanEnvironment(),
  });
  return {
    async ask<Answer>(message?: unknown): Promise<Answer> {
      const ended = new AbortController();
      try {
        const answer = once(child, "message", { signal: ended.signal });
        const exit = once(child, "exit", { signal: ended.signal }).then(([code]) => {
          throw new Error(`${script} ended with ${code}`);
        });
        if (message !== undefined) child.send(message as object);
        return ((await Promise.race([answer, exit])) as [Answer])[0];
      } finally {
        ended.abort();
      }
    },
    async end(): Promise<void> {
      if (child.exitCode !== null) return;
      const exit = once(child, "exit");
      if (child.connected) child.disconnect();
      await exit;
    },
  };
}
