import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogFrom } from "../../src/options/catalog-from.ts";
import { type ProcessResult, runNode } from "../support/run-node.ts";

const route = (...args: string[]): Promise<ProcessResult> => runNode(["src/cli/main.ts", ...args]);
const SONNET = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bedrock-route-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("profiles", () => {
  it("prints what can be called from a Region and where it may run", async () => {
    const { code, stdout } = await route(
      "profiles",
      "--model",
      `eu.${SONNET}`,
      "--region",
      "eu-central-1",
      "eu-west-2",
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "table bundled, 2026-11-20",
        "",
        SONNET,
        `  eu.${SONNET}`,
        "    called in   eu-central-1",
        "    may run in  eu-central-1, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-3",
        "    called in   eu-west-2",
        "    may run in  eu-central-1, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3",
        `  global.${SONNET}`,
        "    called in   eu-central-1, eu-west-2",
        "    may run in  any commercial Region",
        `  ${SONNET}  in-Region`,
        "    called in   eu-west-2",
        "",
      ].join("\n"),
    );
  });

  it("prints the whole table within 100 columns", async () => {
    const { code, stdout } = await route("profiles");
    expect(code).toBe(0);
    expect(stdout.split("\n").length).toBeGreaterThan(500);
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it("compares what is listed with the bundled table, and saves it for code and for later commands", async () => {
    const file = join(folder, "catalog.json");
    const { code, stdout, stderr } = await route(
      ...["profiles", "--simulate", "-m", NOVA, "-r", "ap-northeast-3", "us-east-1", "--save", file],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^table live ap-northeast-3 20\S+Z, us-east-1 20\S+Z, else bundled, 2026-11-20$/m);
    expect(stdout).toContain(`Changes against the bundled table:\n- jp.${NOVA}  ap-northeast-3\n`);
    expect(stderr).toContain(`saved ap-northeast-3, us-east-1 to ${file}`);
    expect(catalogFrom(await readFile(file, "utf8")).profile(`jp.${NOVA}`)?.destinations).not.toHaveProperty(
      "ap-northeast-3",
    );

    const [plan, iam, doctor, again] = await Promise.all([
      route("plan", `jp.${NOVA}`, "--region", "ap-northeast-3", "--catalog", file),
      route("iam", "--model", `jp.${NOVA}`, "--region", "ap-northeast-3", "--catalog", file),
      route("doctor", "-m", `jp.${NOVA}`, "-r", "ap-northeast-3", "--catalog", file, "--simulate"),
      route("profiles", "--catalog", file, "-m", NOVA, "-r", "ap-northeast-3", "--json"),
    ]);
    expect([plan.code, iam.code, doctor.code]).toEqual([3, 3, 3]);
    expect(plan.stdout).toContain("table saved ap-northeast-3");
    const { profiles, changes } = JSON.parse(again.stdout);
    expect(profiles).toEqual([]);
    expect(changes).toEqual([
      {
        kind: "removed",
        modelId: `jp.${NOVA}`,
        model: NOVA,
        sourceRegion: "ap-northeast-3",
        before: ["ap-northeast-1", "ap-northeast-3"],
        after: [],
      },
    ]);
  });

  it("prints the table as JSON", async () => {
    const { stdout } = await route("profiles", "-m", SONNET, "-r", "us-east-1", "--json");
    expect(JSON.parse(stdout)).toEqual({
      catalog: { name: "bundled", asOf: "2026-11-20" },
      profiles: [
        row(`global.${SONNET}`, "global", ["*"]),
        row(`us.${SONNET}`, "geographic", ["us-east-1", "us-east-2", "us-west-2"]),
      ],
      problems: [],
    });
  });

  it("takes Regions in a list with commas, and tells when a model ends", async () => {
    const model = "anthropic.claude-opus-4-1-20250805-v1:0";
    const [list, text] = await Promise.all([
      route("profiles", "-m", model, "-r", "us-east-1,us-east-2", "us-west-2", "--json"),
      route("profiles", "-m", model, "-r", "us-east-1"),
    ]);
    const { profiles } = JSON.parse(list.stdout);
    expect(new Set(profiles.map(({ sourceRegion }: { sourceRegion: string }) => sourceRegion))).toEqual(
      new Set(["us-east-1", "us-east-2", "us-west-2"]),
    );
    for (const profile of profiles) expect(profile).toMatchObject({ endOfLife: "2027-01-08" });
    expect(text.stdout).toContain(`\n${model}\n  end of life 2027-01-08\n`);
  });

  it("ends with 1 when AWS does not answer, says why, and saves nothing", async () => {
    const file = join(folder, "incomplete.json");
    const { code, stdout, stderr } = await route(
      "profiles",
      "--live",
      "-r",
      "eu-central-1",
      "-m",
      SONNET,
      "--save",
      file,
    );
    expect(code).toBe(1);
    expect(stdout).toContain(`table bundled, 2026-11-20\n\n${SONNET}\n  eu.${SONNET}\n`);
    expect(stderr).toContain(
      "ListInferenceProfiles was not sent to eu-central-1: the AWS SDK finds no credentials (set AWS_PROFILE,",
    );
    expect(stderr).toContain(`${file} was not written: the listing is not complete`);
    await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("ends with 2 and says what to do when something is written wrongly", async () => {
    const broken = join(folder, "broken.json");
    await writeFile(broken, '{"format":"bedrock-routed-client/catalog","version":1,"listings":[{"sourceRegion":"x"}]}');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["-m", "anthropic.claude-sonet-4-6"], /did you mean "anthropic.claude-sonnet-4-6"\?/],
      [["-r", "eu-wst-1"], /--region\[0\] must be an AWS Region, got "eu-wst-1" \(did you mean "eu-west-1"\?\)/],
      [["-r", "us-east-1,eu-wst-1"], /--region\[1\] must be an AWS Region, got "eu-wst-1"/],
      [
        ["--simulate", "--save", join(folder, "none/x.json")],
        /--save must name a file that can be written, got ".*" \(ENOENT\)/,
      ],
      [["--save", "x.json"], /--save needs --live: there is nothing new to save/],
      [["--catalog", "x.json", "--live"], /--catalog must not be given with --live/],
      [["--catalog", join(folder, "none.json")], /--catalog must name a file that can be read, got ".*" \(ENOENT\)/],
      [["--catalog", broken], /catalog\.listings\[0\]\.sourceRegion must be an AWS Region, got "x"/],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await route("profiles", ...args);
        expect({ args, code }).toEqual({ args, code: 2 });
        expect(stderr).toMatch(message);
      }),
    );
  });
});

function row(modelId: string, kind: string, destinationRegions: readonly string[]): object {
  return { model: SONNET, modelId, kind, sourceRegion: "us-east-1", destinationRegions };
}
