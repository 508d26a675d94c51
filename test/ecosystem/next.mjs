/**
 * A Next.js server with the packed package, outside the repository, built by Turbopack and by webpack: the server that
 * was built plans, sends, fails over and says which package a live catalogue needs.
 *
 *   npm run test:next
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { cleanEnvironment } from "../support/clean-environment.mjs";
import { installLocked, installPackage, npm, ROOT } from "../support/installed-package.mjs";
import { EXPECTED } from "./application/expected.mjs";

const HERE = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "next-"));
const next = join(folder, "node_modules/next/dist/bin/next");
const env = { ...cleanEnvironment(), NEXT_TELEMETRY_DISABLED: "1" };

before(() => {
  npm(ROOT, "run", "build", "--silent");
  cpSync(join(HERE, "next"), folder, { recursive: true });
  cpSync(join(HERE, "application/use.mjs"), join(folder, "use.mjs"));
  installLocked(folder);
  installPackage(folder);
});
after(() => rmSync(folder, { recursive: true }));

describe("a Next.js server without the optional package", () => {
  for (const bundler of ["--turbopack", "--webpack"]) {
    test(`is built with ${bundler} and runs`, async () => {
      rmSync(join(folder, ".next"), { recursive: true, force: true });
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [next, "build", bundler], {
        cwd: folder,
        env,
      });
      console.log(`${stdout}${stderr}`.trim().replace(/^/gm, "    "));
      const server = await start();
      try {
        const response = await fetch(new URL("/api/use", server.url));
        assert.equal(response.status, 200, await response.clone().text());
        assert.deepEqual(await response.json(), EXPECTED);
      } finally {
        await server.stop();
      }
    });
  }
});

/** Port 0 lets the system choose; the server prints which. */
async function start() {
  const child = spawn(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], {
    ...{ cwd: folder, env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url !== undefined) {
      child.stdout.resume();
      return { url, stop };
    }
  }
  throw new Error("the server ended before it listened");
}
