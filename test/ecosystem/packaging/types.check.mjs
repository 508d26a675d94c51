/** The types of the packed package beside those of the libraries, under TypeScript's strictest resolution. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { after, describe, test } from "node:test";

const HERE = import.meta.dirname;
const PROJECT = resolve(HERE, "../../..");
const tsc = join(dirname(createRequire(join(PROJECT, "package.json")).resolve("typescript")), "tsc.js");

// Beneath the libraries, because types are resolved from where a file is.
const parent = join(HERE, "../node_modules/.types");
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, "check-"));
after(() => rmSync(folder, { recursive: true }));

const PROGRAM = `
import { type BedrockRuntimeClient, type ConverseCommandOutput, ConverseCommand, paginateListAsyncInvokes } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { createRoutedClient, getRouting } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

export const client = createRoutedClient({ region: "us-east-1", routing: { policy: "latency" } });
export const plain: BedrockRuntimeClient = client;
export const model = new ChatBedrockConverse({ client, region: "us-east-1", model: "anthropic.claude-sonnet-4-6" });
export const pages = paginateListAsyncInvokes({ client }, {});
export async function use(): Promise<string | undefined> {
  const output: ConverseCommandOutput = await client.send(new ConverseCommand({ modelId: "m", messages: [] }), {
    routing: { policy: { residency: "us" } },
  });
  await (await createSimulator()).close();
  return getRouting(output)?.route?.modelId;
}
// @ts-expect-error routing is required: without a policy nobody would have decided
createRoutedClient({ region: "us-east-1" });
// @ts-expect-error a residency is a geography, a list of Regions or one of countries
createRoutedClient({ region: "us-east-1", routing: { policy: { residency: 42 } } });
`;

describe("the types of the package", () => {
  test("fit the SDK's and LangChain's, from an ES module and from CommonJS", () => {
    const files = ["application.mts", "application.cts"].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, PROGRAM);
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "node16", "--target", "es2022"];
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...options, ...files], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });
});
