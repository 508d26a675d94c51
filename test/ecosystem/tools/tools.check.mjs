/** Whole programs through `bedrock-route run`: each fails over on its first request, and knows nothing of it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const HERE = import.meta.dirname;
const CLI = join(HERE, "node_modules/bedrock-routed-client/dist/cli.js");
const CLAUDE_CODE = join(HERE, "node_modules/@anthropic-ai/claude-code-linux-x64/claude");
const OPENCODE = join(HERE, "node_modules/opencode-linux-x64/bin/opencode");
const ANSWER = /This is a complete answer from the model\./;

/** Runs a program in a gateway of its own, from a home directory of its own. */
async function run(flags, command, env = {}) {
  const home = mkdtempSync(join(tmpdir(), "tool-"));
  const log = join(home, "access.log");
  const args = ["run", "--simulate", "--region", "eu-central-1", "--access-log", log, ...flags, "--", ...command(home)];
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: home,
    env: { ...process.env, HOME: home, PWD: home, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output, log: readFileSync(log, "utf8") };
}

test("Claude Code", { timeout: 120_000 }, async (context) => {
  if (!existsSync(CLAUDE_CODE)) return context.skip("there is no Claude Code for this platform here");
  const { code, output, log } = await run([], () => [CLAUDE_CODE, "-p", "Say hi"], {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  });
  assert.equal(code, 0, output);
  assert.match(output, ANSWER);
  // Its own choice of a model and a prefix; the route is ours.
  assert.match(log, /invoke-with-response-stream {2}200 {2}eu-central-1\|eu\.anthropic\.claude-/);
});

test("opencode", { timeout: 120_000 }, async (context) => {
  if (!existsSync(OPENCODE)) return context.skip("there is no opencode for this platform here");
  const port = 18_787;
  const { output, log } = await run(
    ["--port", String(port)],
    (home) => {
      const options = { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1" };
      const models = { "anthropic.claude-sonnet-4-6": {} };
      writeFileSync(
        join(home, "opencode.json"),
        JSON.stringify({ provider: { "amazon-bedrock": { options, models } } }),
      );
      return [OPENCODE, "run", "--model", "amazon-bedrock/anthropic.claude-sonnet-4-6", "Say hi"];
    },
    { OPENCODE_DISABLE_AUTOUPDATE: "1" },
  );
  assert.match(output, ANSWER);
  assert.match(log, /converse-stream {2}200 {2}eu-central-1\|eu\.anthropic\.claude-sonnet-4-6/);
});

test("boto3", { timeout: 60_000 }, async (context) => {
  const python = process.env.PYTHON ?? "python3";
  const probe = spawn(python, ["-c", "import boto3"], { stdio: "ignore" });
  const [missing] = await once(probe, "exit").catch(() => [1]);
  if (missing !== 0) return context.skip(`${python} has no boto3: set PYTHON to one that has`);
  const { code, output, log } = await run([], () => [python, join(HERE, "boto3_check.py")]);
  assert.equal(code, 0, output);
  assert.match(
    output,
    /^converse .*\nconverse_stream .*\ninvoke_model .*\ninvoke_model_with_response_stream .*\nValidationException /m,
  );
  assert.equal(log.match(/ 200 /g).length, 4);
});
