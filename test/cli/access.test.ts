import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulator/index.ts";
import { type ProcessResult, runNode } from "../support/run-node.ts";

const route = (...args: string[]): Promise<ProcessResult> => runNode(["src/cli/main.ts", ...args]);
const CLAUDE = ["--model", "anthropic.claude-sonnet-4-6", "--region", "eu-central-1"];

describe("iam", () => {
  it("prints nothing but a policy on standard output", async () => {
    const { code, stdout, stderr } = await route("iam", ...CLAUDE, "--residency", "eu", "--account", "111122223333");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const policy = JSON.parse(stdout);
    expect(policy.Version).toBe("2012-10-17");
    expect(stdout).toContain(
      "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6",
    );
    expect(stdout).not.toContain("global.");
  });

  it("prints what an organisation must allow, and remarks on standard error", async () => {
    const [regions, profiles, forbid] = await Promise.all([
      route("iam", ...CLAUDE, "--scp"),
      route("iam", ...CLAUDE, "--scp", "profiles"),
      route("iam", ...CLAUDE, "--scp", "forbid-global"),
    ]);
    expect([regions.code, profiles.code, forbid.code]).toEqual([0, 0, 0]);
    expect(JSON.parse(regions.stdout).Statement[0].Condition.StringNotEquals["aws:RequestedRegion"]).toContain(
      "unspecified",
    );
    expect(regions.stderr).toContain("note: Regions that Bedrock needs for these plans: eu-central-1, ");
    expect(JSON.parse(profiles.stdout).Statement[0].Condition).toHaveProperty("ArnNotLike");
    expect(forbid.stderr).toContain("note: it denies global.anthropic.claude-sonnet-4-6 from eu-central-1");
  });

  it("needs no model and no Region to forbid global inference, and a model for everything else", async () => {
    const [forbid, regions] = await Promise.all([
      route("iam", "--scp", "forbid-global"),
      route("iam", "--scp", "regions", "--region", "eu-central-1"),
    ]);
    expect(forbid).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(forbid.stdout).Statement[0].Effect).toBe("Deny");
    expect(regions).toMatchObject({ code: 2, stdout: "" });
    expect(regions.stderr).toContain("--model must name at least one model");
  });

  it("warns of a policy that is larger than IAM takes", async () => {
    const { code, stderr } = await route(
      "iam",
      ...CLAUDE,
      "-s",
      "us-east-1,us-east-2,us-west-2,eu-west-1,eu-west-3,ap-northeast-1,ap-southeast-2,ca-central-1",
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/note: \d+ characters: more than the 6144 of one managed policy/);
  });

  it("remarks what AWS does not document, and refuses what no policy can be written for", async () => {
    const arn = (resource: string): string => `arn:aws:bedrock:eu-central-1:111122223333:${resource}`;
    const [application, prompt, none] = await Promise.all([
      route("iam", "-r", "eu-central-1", "-m", arn("application-inference-profile/abcdefghijkl")),
      route("iam", "-r", "eu-central-1", "-m", arn("prompt/ABCDEFGHIJ")),
      route("iam", "-r", "ap-southeast-1", "-m", "anthropic.claude-sonnet-4-6", "--residency", "home"),
    ]);
    expect(application.code).toBe(0);
    expect(application.stderr).toContain("AWS does not document where");
    expect(prompt.code).toBe(2);
    expect(prompt.stdout).toBe("");
    expect(none.code).toBe(3);
    expect(none.stdout).toBe("");
  });
});

describe("doctor", () => {
  let simulator: Simulator | undefined;
  afterEach(() => simulator?.close());

  /** Without --simulate, as in an account: where Bedrock and the credentials are, the environment says. */
  const examined = async (account: Simulator, ...args: string[]): Promise<ProcessResult> => {
    const { accessKeyId, secretAccessKey } = account.clientConfig().credentials;
    return runNode(["src/cli/main.ts", "doctor", ...CLAUDE, "--yes", ...args], {
      AWS_ENDPOINT_URL: account.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
  };

  it("sends one request a route in an account, each as the route says, and names a quota that was hit", async () => {
    simulator = await createSimulator({ timeScale: 0, quotas: [{ scope: "geographic", requestsPerMinute: 0 }] });
    const { code, stdout } = await examined(simulator, "-s", "us-east-1");
    expect(code).toBe(4);
    expect(stdout).toContain("quota Amazon Bedrock, eu-central-1: Cross-region model inference requests per minute");
    expect(stdout).toContain("quota Amazon Bedrock, us-east-1: Cross-region model inference requests per minute");
    expect(stdout).toContain("2 of 4 routes answered.");
    const sent = simulator.requests({ operation: "Converse" });
    expect(sent.map(({ sourceRegion, modelId }) => `${modelId} ${sourceRegion}`).sort()).toEqual([
      "eu.anthropic.claude-sonnet-4-6 eu-central-1",
      "global.anthropic.claude-sonnet-4-6 eu-central-1",
      "global.anthropic.claude-sonnet-4-6 us-east-1",
      "us.anthropic.claude-sonnet-4-6 us-east-1",
    ]);
  });

  it("gives up on a route that says nothing", async () => {
    simulator = await createSimulator({ timeScale: 0 });
    simulator.rule({ match: { kind: "global" }, fault: { kind: "hang" } });
    const { code, stdout } = await examined(simulator, "--timeout", "0.5", "--stream");
    expect(code).toBe(4);
    expect(stdout).toContain("failed (timeout)  global.anthropic.claude-sonnet-4-6 from eu-central-1");
    expect(stdout).toMatch(/usable in \d+ ms {2}eu\.anthropic/);
  });

  it("finds the route that an organisation denies, says why and how to cure it, and ends with 4", async () => {
    const { code, stdout } = await route("doctor", ...CLAUDE, "--simulate", "--deny-region", "eu-north-1");
    expect(code).toBe(4);
    expect(stdout).toContain("refused (explicit-deny)  eu.anthropic.claude-sonnet-4-6 from eu-central-1");
    expect(stdout).toMatch(/ {2}why {3}.*eu-north-1, a destination Region of this profile\./);
    expect(stdout).toMatch(/ {2}cure {2}.*npx bedrock-routed-client iam --scp/);
    expect(stdout).toContain("1 of 2 routes answered.");
  });

  it("ends with 0 when every route answers, streaming too, and prints JSON", async () => {
    const { code, stdout } = await route("doctor", ...CLAUDE, "--simulate", "--stream", "--json");
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout);
    expect(findings.map(({ status }: { status: string }) => status)).toEqual(["usable", "usable"]);
    expect(findings[0].latencyMs).toBeGreaterThan(0);
  });

  it("shows the cost, and sends nothing where nobody can be asked", async () => {
    const { code, stdout, stderr } = await route("doctor", ...CLAUDE);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/This sends 2 requests of one token to Amazon Bedrock, at most about 0\.00\d+ USD/);
    expect(stderr).toContain("--yes is needed when there is no terminal to ask on");
  });

  it("finds missing credentials, and refuses to deny Regions of a real account", async () => {
    const [missing, deny] = await Promise.all([
      route("doctor", ...CLAUDE, "--yes"),
      route("doctor", ...CLAUDE, "--yes", "--deny-region", "eu-north-1"),
    ]);
    expect(missing.code).toBe(4);
    expect(missing.stdout).toContain("refused (credentials)");
    expect(missing.stdout).toContain("check AWS_PROFILE");
    expect(deny.code).toBe(2);
    expect(deny.stderr).toContain("--deny-region needs --simulate");
  });
});
