import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findingsOf } from "../../src/cli/lab/findings.ts";
import { readResults } from "../../src/cli/lab/read-results.ts";
import type { LabResults } from "../../src/cli/lab/results.ts";
import { labCells } from "../../src/profiles/lab.ts";
import { createSimulator } from "../../src/simulator/index.ts";
import { type ProcessResult, runNode } from "../support/run-node.ts";
import { deviations, proofFigures } from "./lab/proof/figures.ts";

const lab = (...args: string[]): Promise<ProcessResult> => runNode(["src/cli/main.ts", "lab", ...args]);

let folder: string;
let whole: ProcessResult;
const at = (...names: string[]): string => join(folder, ...names);
const resultsIn = (...names: string[]): LabResults =>
  readResults(JSON.parse(readFileSync(at(...names, "results.json"), "utf8")), "results");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bedrock-lab-"));
  whole = await lab("--simulate", "--out", at("whole"));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe("lab --simulate", () => {
  it("reproduces the latency lab: every cell's P50 of TTFB and of the total within 5 %", () => {
    expect(whole.code).toBe(0);
    const { cells, simulated } = resultsIn("whole");
    expect(simulated).toBe(true);
    expect(cells).toHaveLength(labCells().length);
    const off = cells.filter((cell) => !deviations(cell).every((share) => Math.abs(share) <= 0.05));
    expect(off).toEqual([]);
  });

  it("comes to the latency lab's findings", () => {
    const findings = findingsOf(resultsIn("whole"));
    const of = (id: string): string => {
      const { title, text } = findings.find((finding) => finding.id === id)!;
      return `${title}. ${text}`;
    };
    expect(of("united-states")).toContain("no difference of the total was found in 4 of 4 pairs");
    expect(of("elsewhere")).toMatch(/took longer in 5 of 5 pairs, by 12\.\d % to 43\.\d % of the total/);
    expect(of("first-byte")).toContain("The first byte differs more than the total");
    expect(of("slowest-calls")).toContain("Very slow calls from ap-southeast-1");
    for (const id of ["united-states", "elsewhere", "first-byte", "slowest-calls"]) {
      expect(whole.stdout).toContain(findings.find((finding) => finding.id === id)!.text);
    }
  });

  it("is shown in the documentation as it came out", () => {
    expect(readFileSync("docs/lab.md", "utf8")).toContain(proofFigures(resultsIn("whole")));
  });

  it("shows what a source Region does not have, and writes plain lines where there is no terminal", () => {
    expect(whole.stderr).toContain("ap-southeast-1: no geographic profile of anthropic.claude-sonnet-4-6");
    expect(whole.stdout).toContain("| ap-southeast-2 | 708 / 1557 | — (no geographic profile) | — | — |");
    expect(whole.stderr).toContain("651 of 651 calls\n");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must be absent
    expect(whole.stderr).not.toMatch(/\u001b\[/);
  });

  it("says everywhere that it was the simulator", () => {
    expect(whole.stdout).toContain("figures of the simulator, not of AWS");
    for (const name of ["report.md", "report.html"]) {
      expect(readFileSync(at("whole", name), "utf8")).toMatch(/figures of the .*simulator/);
    }
  });
});

describe("lab", () => {
  it("keeps what was measured and goes on where it was stopped, with the same draws", async () => {
    const flags = ["--simulate", "-s", "eu-central-1", "--runs", "4"];
    await lab(...flags, "--out", at("through"));
    await lab(...flags, "--out", at("stopped"));
    const journal = at("stopped", "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    // The header, four warm-ups, one round and a half, and what a crash left of a line.
    writeFileSync(journal, `${lines.slice(0, 11).join("\n")}\n{"cell":1,"rou`);
    const { code, stderr } = await lab("--simulate", "--resume", "--out", at("stopped"));
    expect(stderr).toContain("10 calls made before");
    expect(code).toBe(0);
    const durations = (name: string): readonly unknown[] =>
      resultsIn(name)
        .calls.filter(({ round }) => round > 0)
        .map(({ cell, round, ttfbMs, totalMs }) => ({ cell, round, ttfbMs, totalMs }));
    expect(durations("stopped")).toEqual(durations("through"));
  });

  it("keeps what was measured when it is interrupted, and says how to go on", async () => {
    const out = at("interrupted");
    const args = ["src/cli/main.ts", "lab", "--simulate", "-s", "eu-central-1", "--runs", "1000", "--out", out];
    const child = spawn(process.execPath, ["--import", "tsx", ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    let interrupted = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (interrupted || !stderr.includes("calls, about")) return;
      interrupted = true;
      child.kill("SIGINT");
    });
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    expect(stderr).toContain(`Stopped. Continue with: npx bedrock-routed-client lab --resume --out ${out} --simulate`);
    const { measurements, calls, cells } = resultsIn("interrupted");
    expect(measurements[0]?.complete).toBe(false);
    expect(calls.length).toBeGreaterThanOrEqual(400);
    expect(cells.every(({ calls: counted }) => counted < 1_000)).toBe(true);
    expect(readFileSync(join(out, "journal.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(1 + calls.length);
  }, 60_000);

  it("stops when every first call failed, instead of hundreds of times more", async () => {
    const { code, stderr } = await lab("-s", "eu-central-1", "--yes", "--interval", "0", "--out", at("hopeless"));
    expect(code).toBe(1);
    expect(stderr).toContain(
      "Every route failed in its first call: rejected/credentials. Fix that, then continue with",
    );
  });

  it("calls a service in turn on exact routes without retries, and counts what it refuses", async () => {
    await using simulator = await createSimulator({ timeScale: 0 });
    simulator.rule({
      match: { modelId: "global.amazon.nova-2-lite-v1:0", where: ({ number }) => number > 4 },
      fault: { kind: "throttle" },
    });
    const { region, endpoint, credentials } = simulator.clientConfig({ region: "eu-central-1" });
    const { code, stderr } = await runNode(
      [
        "src/cli/main.ts",
        "lab",
        "--yes",
        "-s",
        region,
        "--from",
        region,
        "--runs",
        "3",
        "--interval",
        "0",
        "--out",
        at("real"),
      ],
      {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("Measured from eu-central-1") });
    const round = ["global.anthropic.claude-sonnet-4-6", "eu.anthropic.claude-sonnet-4-6"].concat([
      "global.amazon.nova-2-lite-v1:0",
      "eu.amazon.nova-2-lite-v1:0",
    ]);
    const requests = simulator.requests();
    expect(requests.map(({ modelId }) => modelId)).toEqual([...round, ...round, ...round, ...round]);
    expect(new Set(requests.map(({ operation }) => operation))).toEqual(new Set(["ConverseStream"]));
    expect(requests[0]?.body).toMatchObject({
      messages: [{ content: [{ text: "Explain what cloud computing is in exactly 3 sentences." }] }],
      inferenceConfig: { maxTokens: 200, temperature: 0.1 },
    });
    const { cells, simulated } = resultsIn("real");
    expect(simulated).toBe(false);
    expect(
      cells.map(({ measuredFrom, calls, total, failures }) => [measuredFrom, calls, total?.count, failures]),
    ).toEqual([
      [region, 3, 3, {}],
      [region, 3, 3, {}],
      [region, 3, undefined, { "throttled/requests-per-minute": 3 }],
      [region, 3, 3, {}],
    ]);
    expect(cells.map(({ firstCall }) => firstCall?.connected)).toEqual([true, false, false, false]);
  });

  it("joins runs of several machines, and sets two runs side by side", async () => {
    await Promise.all(
      ["us-east-1", "ap-northeast-1"].map((region) =>
        lab("--simulate", "-s", region, "--runs", "8", "--out", at(region)),
      ),
    );
    const files = ["us-east-1", "ap-northeast-1"].map((region) => at(region, "results.json"));
    const [merged, compared] = await Promise.all([
      lab("merge", ...files, "--out", at("merged")),
      lab("compare", files[0]!, at("whole", "results.json")),
    ]);
    expect(merged.code).toBe(0);
    expect(resultsIn("merged").cells.map(({ sourceRegion }) => sourceRegion)).toEqual([
      ...Array.from({ length: 4 }, () => "us-east-1"),
      ...Array.from({ length: 4 }, () => "ap-northeast-1"),
    ]);
    expect(compared.stdout).toMatch(/\| us-east-1 \| anthropic\.claude-sonnet-4-6 \| global \| 8 → 30 \|/);
    expect(compared.stdout).toContain("A change was found on 0 of 4 routes");
    expect(compared.stdout).toContain("results.json: global.anthropic.claude-sonnet-4-6 from us-west-2");
  });

  it("makes no call that costs money without being told to", async () => {
    const { code, stderr } = await lab("-s", "us-east-1", "--out", at("paid"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/124 calls, about \d+ min \d\d s, at most \$\d\.\d\d/);
    expect(stderr).toContain("--yes is needed when there is no terminal to ask on");
  });

  it("ends with 2 and says what to do when something is written wrongly", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ["--simulate", "-m", "anthropic.claude-sonet-4-6", "--out", at("x")],
        /did you mean "anthropic.claude-sonnet-4-6"/,
      ],
      [["--simulate", "-s", "eu-wst-1", "--out", at("x")], /did you mean "eu-west-1"/],
      [["--simulate", "--runs", "none", "--out", at("x")], /must be a number/],
      [["--simulate", "--resume", "--out", at("x")], /--resume needs a lab in --out/],
      [["--simulate", "--out", at("whole")], /already holds a lab of 651 calls: go on with it by --resume/],
      [["--simulate", "--resume", "--runs", "31", "--out", at("whole")], /lab\.runs must stay .*30.*, got 31/],
      [["--resume", "--out", at("whole")], /lab\.simulate must stay as it was when the lab began/],
      [["merge", "package.json", "--out", at("x")], /package\.json\.name is not an option; package\.json takes schema/],
      [["compare", "README.md", "README.md"], /README\.md must be a results\.json of a lab/],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await lab(...args);
        expect({ args, code, stderr }).toEqual({ args, code: 2, stderr: expect.stringMatching(message) });
      }),
    );
  }, 60_000);
});
