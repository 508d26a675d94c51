/**
 * The types of the package in an application, as every release of TypeScript from 4.9 on resolves them, checked to the
 * last declaration: `skipLibCheck` is off unless somebody switches it on.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";

const HERE = import.meta.dirname;
const { APPLICATION, COMPLETE } = process.env;
const fromHere = createRequire(import.meta.url);
const fromProject = createRequire(resolve(HERE, "../../../package.json"));

const RELEASES = [
  { version: "4.9", folder: folderOf(fromHere, "typescript-4.9") },
  { version: fromProject("typescript/package.json").version, folder: folderOf(fromProject, "typescript") },
  { version: "6", folder: folderOf(fromHere, "typescript-6") },
  { version: "7", folder: folderOf(fromHere, "typescript-7") },
];

const RESOLUTIONS = [
  { name: "node16", flags: ["--module", "node16"], files: [".mts", ".cts"], since: 4.7, until: 99 },
  { name: "nodenext", flags: ["--module", "nodenext"], files: [".mts", ".cts"], since: 4.7, until: 99 },
  {
    name: "bundler",
    flags: ["--module", "esnext", "--moduleResolution", "bundler", "--verbatimModuleSyntax"],
    files: [".ts"],
    since: 5,
    until: 99,
  },
  {
    name: "node10",
    flags: ["--module", "commonjs", "--moduleResolution", "node"],
    files: [".ts"],
    since: 4,
    until: 6,
  },
];

const PROGRAM = `
import { type BedrockRuntimeClient, type ConverseCommandOutput, ConverseCommand, paginateListAsyncInvokes } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting, isRoutingError, NoRouteError, type Plan, RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { createSimulator, type Simulator } from "bedrock-routed-client/simulator";

export const client: RoutedBedrockRuntimeClient = createRoutedClient({ region: "us-east-1", routing: { policy: "latency" } });
export const plain: BedrockRuntimeClient = client;
export const pages = paginateListAsyncInvokes({ client }, {});
export class Tenant extends RoutedBedrockRuntimeClient {}
export async function use(): Promise<string | undefined> {
  const input = { modelId: "m", messages: [] };
  const sent: ConverseCommandOutput = await client.send(new ConverseCommand(input), { routing: { workload: "chat" } });
  const called: ConverseCommandOutput = await client.converse(input, { routing: { workload: "chat" } });
  const plan: Plan = await client.routing.plan("m");
  const simulator: Simulator = await createSimulator();
  await simulator.close();
  return getRouting(sent)?.route?.modelId ?? called.stopReason ?? plan.homeRegion;
}
export function told(error: unknown): boolean {
  return error instanceof NoRouteError ? error.plan.rejections.length > 0 : isRoutingError(error);
}
// @ts-expect-error routing is required: without a policy nobody would have decided
createRoutedClient({ region: "us-east-1" });
// @ts-expect-error a residency is a geography, a list of Regions or one of countries
createRoutedClient({ region: "us-east-1", routing: { policy: "latency", residency: 42 } });
// @ts-expect-error no such option
client.converse({ modelId: "m", messages: [] }, { routng: {} });
`;

/** Every entry point, by the names that users import it with. */
const { exports } = createRequire(join(APPLICATION, "index.cjs"))("bedrock-routed-client/package.json");
const ENTRIES = Object.keys(exports)
  .filter((path) => !path.endsWith(".json"))
  .map((path, place) => `export * as entry${place} from "${join("bedrock-routed-client", path)}";`)
  .join("\n");

const BESIDE_LIBRARIES = `
import { ChatBedrockConverse } from "@langchain/aws";
import { mockClient } from "aws-sdk-client-mock";
import { createRoutedClient, RoutedBedrockRuntimeClient } from "bedrock-routed-client";

const client = createRoutedClient({ region: "us-east-1", routing: { policy: "latency" } });
export const model = new ChatBedrockConverse({ client, region: "us-east-1", model: "anthropic.claude-sonnet-4-6" });
export const mocks = [mockClient(RoutedBedrockRuntimeClient), mockClient(client)];
`;

describe("the types of the package", { concurrency: 2 }, () => {
  const programs = [programIn(APPLICATION, PROGRAM), programIn(COMPLETE, ENTRIES)];

  for (const { version, folder } of RELEASES) {
    for (const { name, flags, files, since, until } of RESOLUTIONS) {
      if (Number.parseFloat(version) < since || Number.parseInt(version, 10) > until) continue;
      test(`compile with TypeScript ${version}, resolved as ${name}`, async () => {
        const deprecated = name === "node10" && version === "6" ? ["--ignoreDeprecations", "6.0"] : [];
        await compile(
          folder,
          [...flags, ...deprecated, "--skipLibCheck", "false"],
          programs.flatMap((program) => files.map(program)),
        );
      });
    }
  }

  test("fit those of LangChain and of aws-sdk-client-mock", async () => {
    const file = programIn(resolve(HERE, ".."), BESIDE_LIBRARIES);
    const flags = ["--module", "node16", "--skipLibCheck", "true"];
    await compile(folderOf(fromProject, "typescript"), flags, [".mts", ".cts"].map(file));
  });
});

function folderOf(require, name) {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Types are resolved from where a file is. @returns the path of the program with an extension */
function programIn(project, text) {
  const parent = join(project, "node_modules/.types");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "check-"));
  after(() => rmSync(folder, { recursive: true }));
  return (extension) => {
    const path = join(folder, `program${extension}`);
    writeFileSync(path, text);
    return path;
  };
}

async function compile(typescript, flags, files) {
  const args = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--types", "node", ...flags, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, [join(typescript, "bin/tsc"), ...args], {
    cwd: dirname(files[0]),
  }).catch((error) => error);
  assert.equal(stdout, "");
}
