import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/cli/serve/environment.ts";
import { NO_AWS_CONFIGURATION } from "../support/clean-environment.mjs";
import { type ProcessResult, runNode } from "../support/run-node.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const run = (flags: readonly string[], ...command: string[]): Promise<ProcessResult> =>
  runNode(["src/cli/main.ts", "run", "--simulate", "--region", "eu-central-1", ...flags, "--", ...command]);

const ASK = `
  const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url, AWS_REGION, CLAUDE_CODE_USE_BEDROCK } = process.env;
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
  const response = await fetch(url + "/model/anthropic.claude-sonnet-4-6/converse", { method: "POST", body });
  console.log(response.status, response.headers.get("x-routed-route"), AWS_REGION, CLAUDE_CODE_USE_BEDROCK);
  process.exit(7);
`;

describe("bedrock-route run", () => {
  it("gives the command a gateway, and returns its exit code", async () => {
    const log = join(tmpdir(), `access-${process.pid}.log`);
    const { code, stdout } = await run(["--access-log", log], process.execPath, "--input-type=module", "-e", ASK);
    expect(stdout).toBe("200 eu-central-1|eu.anthropic.claude-sonnet-4-6 eu-central-1 1\n");
    expect(code).toBe(7);
    expect(await readFile(log, "utf8")).toMatch(/POST \/model\/anthropic\.claude-sonnet-4-6\/converse {2}200 /);
  });

  it("ends as a shell does when there is no such command, or a signal has ended it", async () => {
    const [missing, killed] = await Promise.all([
      run([], "no-such-command"),
      run([], process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"),
    ]);
    expect([missing.code, missing.stderr]).toEqual([127, "no-such-command: there is no such command\n"]);
    expect(killed.code).toBe(137);
  });

  it("hands signals on", async () => {
    const child = start(["run", "--simulate", "--", process.execPath, "-e", WAITS]);
    await printed(child, "ready");
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(3);
  });

  it("silences the SDK's remark about Node.js for itself, and not for the command", async () => {
    const name = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
    const { [name]: _, ...env } = NO_AWS_CONFIGURATION;
    const print = `console.log("[" + process.env.${name} + "]")`;
    const child = start(["run", "--simulate", "--", process.execPath, "-e", print], { env, stderr: "pipe" });
    const said: string[] = [];
    child.stderr?.on("data", (chunk) => said.push(String(chunk)));
    expect(await printed(child, "]")).toBe("[undefined]\n");
    await once(child, "close");
    expect(said.join("")).not.toContain("NodeVersionSupportWarning");
  });

  it("leaves what its parent has set, but for what leads to Amazon Bedrock", () => {
    const parent = {
      AWS_REGION: "us-east-1",
      AWS_PROFILE: "team",
      OPENAI_BASE_URL: "x",
      ANTHROPIC_BEDROCK_BASE_URL: "y",
    };
    expect(childEnvironment(parent, "http://127.0.0.1:1", "eu-central-1", undefined, false)).toEqual({
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_PROFILE: "team",
      OPENAI_BASE_URL: "x",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://127.0.0.1:1",
      ANTHROPIC_BEDROCK_BASE_URL: "http://127.0.0.1:1",
      CLAUDE_CODE_USE_BEDROCK: "1",
      CLAUDE_CODE_SKIP_BEDROCK_AUTH: "1",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false",
    });
    const guarded = childEnvironment({}, "http://127.0.0.1:1", "eu-central-1", "secret", false);
    expect(guarded).toMatchObject({ AWS_BEARER_TOKEN_BEDROCK: "secret", AWS_REGION: "eu-central-1" });
    expect(guarded).not.toHaveProperty("CLAUDE_CODE_SKIP_BEDROCK_AUTH");
    const proxied = { HTTP_PROXY: "http://proxy:3128", no_proxy: "intranet" };
    expect(childEnvironment(proxied, "http://127.0.0.1:1", "eu-central-1", undefined, false)).toMatchObject({
      HTTP_PROXY: "http://proxy:3128",
      NO_PROXY: "intranet,127.0.0.1",
      no_proxy: "intranet,127.0.0.1",
    });
  });
});

describe("bedrock-route serve", () => {
  it("prints what tools have to be told, serves, logs, and stops on a signal", async () => {
    const child = start(["serve", "--simulate", "--port", "0", "--region", "eu-central-1", "--token", "t0ken"]);
    const output = await printed(child, "opencode");
    expect(output).not.toContain("t0ken");
    const url = /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/.exec(output)?.[1];
    expect(await (await fetch(`${url}/?token=t0ken`)).text()).toContain("What the router sees");
    const response = await fetch(`${url}/openai/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer t0ken" },
      body: JSON.stringify({ model: "us.x.y", messages: [] }),
    });
    expect(response.status).toBe(400);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });

  it("does not call itself", async () => {
    const { code, stderr } = await runNode(["src/cli/main.ts", "serve", "--simulate", "--port", "8787"], {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://localhost:8787",
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining("must not lead to the gateway itself")]);
  });
});

const WAITS = `
  process.on("SIGTERM", () => process.exit(3));
  console.log("ready");
  setInterval(() => {}, 1000);
`;

function start(
  args: readonly string[],
  {
    env = NO_AWS_CONFIGURATION,
    stderr = "inherit",
  }: { env?: Record<string, string>; stderr?: "inherit" | "pipe" } = {},
): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", stderr],
  });
}

async function printed(child: ChildProcess, word: string): Promise<string> {
  let output = "";
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    if (output.includes(word)) return output;
  }
  throw new Error(`It ended with ${output}`);
}
