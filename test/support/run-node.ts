import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { NO_AWS_CONFIGURATION } from "./clean-environment.mjs";

/** What a process printed and how it ended. */
export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = resolve(import.meta.dirname, "../..");

/** Runs a TypeScript file of the project in a Node.js process of its own, without AWS configuration from outside. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProcessResult> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      ["--import", "tsx", ...args],
      {
        cwd: ROOT,
        env: {
          PATH: process.env.PATH,
          ...NO_AWS_CONFIGURATION,
          ...env,
        },
      },
      (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      },
    );
  });
}
