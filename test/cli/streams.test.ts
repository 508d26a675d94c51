import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { NO_AWS_CONFIGURATION } from "../support/clean-environment.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const ASK = "ask - -m anthropic.claude-sonnet-4-6 -r eu-central-1 --simulate";

/** Runs a line of the shell in which `route` is the command; the pipe's exit code is the command's own. */
function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const route = `route() { "${process.execPath}" --import tsx src/cli/main.ts "$@"; }`;
  return new Promise((done) => {
    execFile(
      "bash",
      ["--norc", "-c", `set -o pipefail; ${route}; ${line}`],
      { cwd: ROOT, env: { PATH: process.env.PATH, ...NO_AWS_CONFIGURATION } },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

describe.skipIf(process.platform === "win32")("the command's standard streams", () => {
  it("takes the prompt from standard input", async () => {
    const [given, empty] = await Promise.all([shell(`echo Hello | route ${ASK}`), shell(`route ${ASK} </dev/null`)]);
    expect(given.code).toBe(0);
    expect(given.stdout.trim().length).toBeGreaterThan(20);
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain("standard input must hold a prompt");
  });

  it("ends quietly with 0 when the reader has seen enough", async () => {
    const [table, json] = await Promise.all([
      shell("route profiles | head -1"),
      shell("route profiles --json | head -c 1"),
    ]);
    expect(table).toEqual({ code: 0, stdout: expect.stringMatching(/^table bundled.*\n$/), stderr: "" });
    expect(json).toMatchObject({ code: 0, stderr: "" });
  });

  it.skipIf(!exists("/dev/full"))("says that the output could not be written, and ends with 1", async () => {
    const [table, answer] = await Promise.all([
      shell("route profiles >/dev/full"),
      shell(`echo Hello | route ${ASK} >/dev/full`),
    ]);
    for (const { code, stderr } of [table, answer]) {
      expect(code).toBe(1);
      expect(stderr).toContain("The output could not be written: ENOSPC");
    }
  });
});

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
