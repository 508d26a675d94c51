import { describe, expect, it } from "vitest";
import { type ProcessResult, runNode } from "../support/run-node.ts";

const route = (...args: string[]): Promise<ProcessResult> => runNode(["src/cli/main.ts", ...args]);

describe("the command", () => {
  it("explains itself and every command", async () => {
    const [own, ask, plan, demo] = await Promise.all([
      route("--help"),
      route("ask", "--help"),
      route("plan", "--help"),
      route("demo", "--help"),
    ]);
    expect([own.code, ask.code, plan.code, demo.code]).toEqual([0, 0, 0, 0]);
    expect(own.stdout).toContain("Exit codes:");
    for (const flag of ["--model", "--region", "--policy", "--residency", "--simulate"])
      expect(ask.stdout).toContain(flag);
    expect(plan.stdout).toContain("no network call");
  });

  it("answers a prompt from the simulator, with the route on standard error and no colour codes in a pipe", async () => {
    const { code, stdout, stderr } = await route(
      ...["ask", "Hello", "--model", "anthropic.claude-sonnet-4-6", "--region", "eu-central-1", "--simulate"],
    );
    expect(code).toBe(0);
    expect(stdout.trim().length).toBeGreaterThan(20);
    expect(stderr).toMatch(
      /^served by eu\.anthropic\.claude-sonnet-4-6 from eu-central-1, first byte after \d+ ms, done after \d+ ms\n$/,
    );
  });

  it("prints a plan with its reasons and rejections", async () => {
    const { code, stdout } = await route(
      ...["plan", "anthropic.claude-sonnet-4-6", "--region", "eu-central-1", "--residency", "eu"],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("1. eu.anthropic.claude-sonnet-4-6  geographic, called in eu-central-1");
    expect(stdout).toContain(
      "- global.anthropic.claude-sonnet-4-6  residency: may run in any commercial Region, outside eu",
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must be absent
    expect(stdout).not.toMatch(/\u001b\[/);
  });

  it("prints a plan as JSON", async () => {
    const { code, stdout } = await route("plan", "anthropic.claude-sonnet-4-6", "--region", "us-east-1", "--json");
    const plan = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(plan.candidates.map((candidate: { route: { modelId: string } }) => candidate.route.modelId)).toEqual([
      "global.anthropic.claude-sonnet-4-6",
      "us.anthropic.claude-sonnet-4-6",
    ]);
    expect(plan.candidates[0].reasons.length).toBeGreaterThan(0);
  });

  it("ends with 3 when no route may serve the model", async () => {
    const [plan, ask] = await Promise.all([
      route("plan", "anthropic.claude-sonnet-4-6", "--region", "ap-southeast-1", "--residency", "home"),
      route("ask", "Hi", "-m", "anthropic.claude-sonnet-4-6", "-r", "ap-southeast-1", "-p", "residency", "--simulate"),
    ]);
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain("No route is left.");
    expect(ask.code).toBe(3);
    expect(ask.stderr).toContain("To allow one:");
  });

  it("ends with 2 and says what to do when something is written wrongly", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["plan", "anthropic. claude-sonnet-4-6", "-r", "us-east-1"], /Did you mean "anthropic.claude-sonnet-4-6"\?/],
      [
        ["plan", "anthropic.claude-sonnet-4-6", "-r", "us-east-1", "--residency", "UK"],
        /--residency must be a geography .*got "UK" \(did you mean countries:GB\?\)/,
      ],
      [["plan", "anthropic.claude-sonnet-4-6", "-r", "frankfurt"], /--region must be .*did you mean "eu-central-1"\?/],
      [
        ["plan", "anthropic.claude-sonnet-4-6", "-r", "us-east-1", "--source-region", "us-west-2,eu-wst-1"],
        /--source-region must be .*did you mean "eu-west-1"\?/,
      ],
      [["plan", "anthropic.claude-sonnet-4-6"], /region must be an AWS Region/],
      [["plan", "anthropic.claude-sonnet-4-6", "--polcy", "cost"], /Did you mean --policy\?/],
      [["ask", "Hi"], /required option '-m, --model <modelId>' not specified/],
      [["ask", "Hi", "-m", "x", "--max-tokens", "many"], /must be a whole number above 0/],
      [["fly"], /unknown command 'fly'/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await route(...args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toMatch(message);
    }
  });

  it("plans an id that the table does not know, says so and ends with 4", async () => {
    const { code, stdout } = await route("plan", "us.anthropic.claude-sonet-4-6", "-r", "us-east-1");
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /^Note: us\.anthropic\.claude-sonet-4-6 is not in the table .*did you mean "us\.anthropic\.claude-sonnet-4-6"\?$/m,
    );
  });

  it("ends with 1 when the service cannot be reached, and says how to try without an account", async () => {
    const { code, stderr } = await route("ask", "Hi", "-m", "anthropic.claude-sonnet-4-6", "-r", "eu-central-1");
    expect(code).toBe(1);
    expect(stderr).toContain("--simulate");
  });

  it("shows the main job end to end in its demo", async () => {
    const { code, stdout, stderr } = await route("demo", "--speed", "50");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const [region, profile] of [
      ["us-east-1", "global.anthropic.claude-sonnet-4-6"],
      ["us-west-2", "global.amazon.nova-2-lite-v1:0"],
      ["eu-central-1", "eu.anthropic.claude-sonnet-4-6"],
      ["ap-northeast-1", "jp.amazon.nova-2-lite-v1:0"],
      ["ap-southeast-1", "global.anthropic.claude-sonnet-4-6"],
      ["ap-southeast-2", "au.anthropic.claude-sonnet-4-6"],
    ] as const) {
      expect(stdout).toMatch(new RegExp(`${region} +${profile.replaceAll(".", "\\.")} +TTFB +\\d+ ms`));
    }
    expect(stdout).toMatch(
      /request 2 +routed +global\.amazon\.nova-2-lite-v1:0 .* after eu\.amazon\.nova-2-lite-v1:0 was throttled/,
    );
    expect(stdout).toMatch(/request 3 +routed +global\.amazon\.nova-2-lite-v1:0 [^\n]*ms\n/);
    expect(stdout).toMatch(/plain SDK +ThrottlingException after \d+ ms, 3 calls of the same profile/);
    expect(stdout).toMatch(/with sourceRegions: \["ap-northeast-1"\] +jp\.anthropic\.claude-sonnet-4-6/);
    expect(stdout).toContain("Requests that reached the service meanwhile: 0.");
    expect(stdout).toContain("1 throttled");
  });
});
