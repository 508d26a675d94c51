/** The packed package in applications of either module format, as they are and bundled with minified names. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http2";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { ROUTES, simulatedBedrock } from "../simulated-bedrock.mjs";

const HERE = import.meta.dirname;
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "bundles-"));

let bedrock;
let jobs;
before(async () => {
  bedrock = await simulatedBedrock({ answer: () => "A short answer." });
  jobs = await listOfJobs();
});
after(async () => {
  jobs.close();
  await bedrock.close();
  rmSync(folder, { recursive: true });
});

// The `paths` of the project's own tsconfig.json would lead to its source.
const BUNDLED = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  logLevel: "error",
  tsconfigRaw: "{}",
};

describe("an application", () => {
  for (const file of ["application.mjs", "application.cjs"]) {
    test(`${file} runs as it is`, async () => {
      const { commandName, ...seen } = await run(join(HERE, file));
      assert.deepEqual(seen, EXPECTED);
      assert.equal(commandName, "ConverseCommand");
    });
  }

  for (const [name, file, options] of [
    ["an ES module bundled for CommonJS", "application.mjs", { format: "cjs", outfile: "from-esm.cjs" }],
    ["CommonJS bundled for CommonJS", "application.cjs", { format: "cjs", outfile: "from-cjs.cjs" }],
    // The CommonJS build of the SDK, bundled into an ES module, lacks `require`.
    [
      "an ES module bundled as one",
      "application.mjs",
      { format: "esm", outfile: "from-esm.mjs", mainFields: ["module", "main"] },
    ],
  ]) {
    test(`${name} runs with minified class names`, async () => {
      const outfile = join(folder, options.outfile);
      await build({ ...BUNDLED, ...options, outfile, entryPoints: [join(HERE, file)] });
      const { commandName, ...seen } = await run(outfile);
      assert.deepEqual(seen, EXPECTED);
      assert.notEqual(commandName, "ConverseCommand");
    });
  }

  test("may bundle the SDK and not the package, so that there are two SDKs with different class names", async () => {
    const outfile = join(import.meta.dirname, "../node_modules/.bundles/sdk-alone.mjs");
    const external = ["bedrock-routed-client"];
    const mainFields = ["module", "main"];
    const entryPoints = [join(HERE, "application.mjs")];
    await build({ ...BUNDLED, format: "esm", mainFields, external, outfile, entryPoints });
    const { attempts, text, commandName } = await run(outfile);
    assert.deepEqual({ attempts, text }, { attempts: EXPECTED.attempts, text: EXPECTED.text });
    assert.notEqual(commandName, "ConverseCommand");
  });

  test("may load the package in both formats at once", async () => {
    const imported = await import("bedrock-routed-client");
    const required = require("bedrock-routed-client");
    assert.notEqual(imported.createRoutedClient, required.createRoutedClient);
    bedrock.simulator.clearScript();
    const config = { ...bedrock.config(), routing: { policy: "latency" } };
    const client = imported.createRoutedClient(config);
    const output = await client.converse({
      modelId: ROUTES[0].modelId,
      messages: [{ role: "user", content: [{ text: "Hi" }] }],
    });
    assert.equal(required.getRouting(output)?.route?.modelId, ROUTES[0].modelId);
    const error = await client
      .converse({ modelId: "eu.anthropic.claude-sonnet-4-6" }, { routing: { policy: "residency" } })
      .catch((thrown) => thrown);
    assert.ok(required.isRoutingError(error), String(error));
    client.destroy();
  });

  test("has one SDK, which the package and the other libraries share", () => {
    const sdk = "@aws-sdk/client-bedrock-runtime";
    const users = ["bedrock-routed-client", "@langchain/aws"].map((name) => createRequire(require.resolve(name)));
    assert.deepEqual(
      users.map((from) => from.resolve(sdk)),
      users.map(() => require.resolve(sdk)),
    );
  });
});

const EXPECTED = {
  isSdkClient: true,
  attempts: [
    ["throttled", "succeeded"],
    ["throttled", "succeeded"],
  ],
  text: "A short answer.",
  stopReason: "end_turn",
  error: ["ThrottlingException", true],
  refusal: ["NoRouteError", true, true],
  pages: [2, 1],
  morePages: [2, 1],
};

/** Runs an application; resolves with what it printed. */
async function run(file) {
  bedrock.simulator.clearScript();
  const only = (modelId, operation, fault) =>
    bedrock.simulator.rule({ match: { modelId, operation }, fault, times: 1 });
  only(ROUTES[0].modelId, "Converse", { kind: "throttle" });
  only(ROUTES[1].modelId, "ConverseStream", { kind: "first-frame-exception", exception: "throttlingException" });
  only("us.amazon.nova-2-lite-v1:0", "Converse", { kind: "throttle" });
  const { endpoint, credentials } = bedrock.config();
  const env = { ...process.env, BEDROCK: endpoint, SECRET_ACCESS_KEY: credentials.secretAccessKey, JOBS: jobs.url };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env, timeout: 30_000 }).catch(
    (error) => {
      // Node.js prints the line that threw: of a bundle, that is a large part of it.
      throw new Error(`${file} failed: ${/^.{0,200}(?:Error|Exception)\b.{0,500}/m.exec(error.stderr)?.[0]}`);
    },
  );
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

/** A ListAsyncInvokes of two pages. */
async function listOfJobs() {
  const summary = {
    invocationArn: "arn",
    modelArn: "arn",
    submitTime: "2026-01-01T00:00:00Z",
    outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://bucket" } },
  };
  const server = createServer((request, response) => {
    const isSecond = request.url?.includes("nextToken=second");
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(
        isSecond
          ? { asyncInvokeSummaries: [summary] }
          : { asyncInvokeSummaries: [summary, summary], nextToken: "second" },
      ),
    );
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
