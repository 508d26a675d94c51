import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProcessResult, runNode } from "../support/run-node.ts";

const route = (...args: string[]): Promise<ProcessResult> => runNode(["src/cli/main.ts", "inferred-regions", ...args]);
const PROMPT = "the words of the user";
const logged = (inferenceRegion: string | undefined, latencyMs: number): object => ({
  schemaType: "ModelInvocationLog",
  region: "eu-central-1",
  modelId: "eu.anthropic.claude-sonnet-4-6",
  input: { inputBodyJson: { messages: PROMPT } },
  output: { outputBodyJson: { metrics: { latencyMs } } },
  inferenceRegion,
});
const event = {
  eventSource: "bedrock.amazonaws.com",
  eventName: "ConverseStream",
  awsRegion: "eu-central-1",
  requestParameters: { modelId: "global.anthropic.claude-sonnet-4-6" },
  additionalEventData: { inferenceRegion: "us-east-2" },
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inferred-regions-"));
  await mkdir(join(folder, "logs/2026/04"), { recursive: true });
  const lines = [logged("eu-north-1", 900), logged("eu-north-1", 1100), logged(undefined, 500)];
  await writeFile(
    join(folder, "logs/2026/04/calls.json.gz"),
    gzipSync(lines.map((line) => JSON.stringify(line)).join("\n")),
  );
  await writeFile(
    join(folder, "logs/trail.json"),
    JSON.stringify({ Records: [event, { eventSource: "s3.amazonaws.com" }] }),
  );
  await writeFile(join(folder, "logs/amazon-bedrock-logs-permission-check"), "");
  await writeFile(join(folder, "logs/2026/3f0e_input.json.gz"), gzipSync(PROMPT));
  await writeFile(join(folder, "broken.jsonl"), `${JSON.stringify(logged("eu-north-1", 1))}\n{"input": "${PROMPT}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe("inferred-regions", () => {
  it("tables a directory of logs, flags what ran outside the residency, and ends with 4", async () => {
    const { code, stdout, stderr } = await route(join(folder, "logs"), "--residency", "eu");
    expect(stderr).toBe("");
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /invocation log +eu-central-1 +eu\.anthropic\.claude-sonnet-4-6 +eu-north-1 +2 +66\.7 % +\d+ ms +11\d\d ms +- +-\n/,
    );
    expect(stdout).toMatch(
      /CloudTrail +eu-central-1 +global\.anthropic\.claude-sonnet-4-6 +us-east-2 +1 +100\.0 %.* OUTSIDE\n/,
    );
    expect(stdout).toContain("Calls: 4 ran, 0 failed. Other records: 1. Files: 2.");
    expect(stdout).toContain("Skipped files (not logs by name): 2.");
    expect(stdout).toContain("Counted in the source Region because the log names no other");
    expect(stdout).not.toContain(PROMPT);
  });

  it("ends with 0 when everything ran inside, and prints JSON", async () => {
    const { code, stdout } = await route(join(folder, "logs/2026"), "--residency", "home", "--json");
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ files: 1, leftOut: 1, ran: 3, failed: 0, other: 0, unreadable: 0, problems: [] });
    expect(result.rows).toHaveLength(2);
    expect(stdout).not.toContain(PROMPT);
  });

  it("names what it could not read without its words, and ends with 1", async () => {
    const { code, stdout, stderr } = await route(join(folder, "broken.jsonl"));
    expect(code).toBe(1);
    expect(stdout).toContain("so the table is incomplete: 1.");
    expect(stderr).toBe(`${join(folder, "broken.jsonl")}:2: not JSON\n`);
  });

  it("has not passed a check that has looked at nothing", async () => {
    const empty = join(folder, "empty");
    const wrong = join(folder, "wrong.json");
    await mkdir(empty);
    await writeFile(wrong, JSON.stringify({ Records: [{ eventSource: "s3.amazonaws.com" }] }));
    const [nothing, other, unchecked] = await Promise.all([
      route(empty, "--residency", "eu"),
      route(wrong, "--residency", "eu"),
      route(empty),
    ]);
    expect([nothing.code, other.code, unchecked.code]).toEqual([1, 1, 0]);
    for (const { stderr } of [nothing, other]) expect(stderr).toBe("nothing was checked: no inference was found\n");
  });

  it("refuses a file that is not there and a residency that is none", async () => {
    const [file, residency] = await Promise.all([
      route(join(folder, "none")),
      route(folder, "--residency", "countries:UK"),
    ]);
    expect([file.code, residency.code]).toEqual([2, 2]);
    expect(file.stderr).toContain("FILE must be a file, a directory or -");
    expect(residency.stderr).toContain('did you mean "GB"?');
  });
});
