/**
 * Runs the tests of the client on every supported combination of an SDK release and a Node.js release.
 *
 *   npm run test:matrix                  all combinations
 *   npm run test:matrix -- 3.1000.0 22   those of one SDK, of one Node.js, or of both
 *
 * An SDK release is its whole dependency tree, as it was on the day of the release: what matters here (how an exception
 * inside an event stream surfaces, how HTTP/2 sessions end) lives below the client package, behind caret ranges. To add
 * one: a folder `sdk/<version>` with a package.json, then `npm install --before=<date>` in it.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cleanEnvironment } from "../support/clean-environment.mjs";
import { installLocked, ROOT } from "../support/installed-package.mjs";

const HERE = import.meta.dirname;
const SDK = "@aws-sdk/client-bedrock-runtime";

/** Tests of what the SDK itself did otherwise in older releases, with the first release here that it holds for. */
const SINCE = [
  { title: "the table of operations", since: "3.1162.0", because: "older SDKs have fewer operations" },
  {
    title: "never follows content",
    since: "3.1162.0",
    because: "SDKs from November 2025 to July 2026 throw a plain object for an exception after content",
  },
  {
    title: "takes over what an extension decided",
    since: "3.1162.0",
    because: "older SDKs ignore the request handler that an extension sets",
  },
  { title: "uses a request handler set by an extension", since: "3.1162.0", because: "the same" },
  {
    title: "is left within three requests when it hangs over HTTP/2 after (?:headers|role)",
    since: "3.1083.0",
    because: "older SDKs end the stream of an HTTP/2 answer when nothing follows its headers at once",
  },
  {
    title: "which leaves answers under way alone",
    since: "3.1083.0",
    because: "older SDKs cut off the answers under way when they are destroyed",
  },
];

/** How many failures are printed of each combination. */
const SHOWN = 10;

const wanted = process.argv.slice(2);
const nodes = nodeReleases();
const sdks = sdkReleases();
const combinations = sdks
  .flatMap((sdk) => nodes.map((node) => ({ sdk, node })))
  .filter(({ sdk, node }) => wanted.every((word) => sdk.version === word || node.version.split(".")[0] === word));

let passed = 0;
let failed = 0;
let skipped = 0;
for (const { sdk, node } of combinations) {
  const startedAt = performance.now();
  const result = await runTests(sdk, node);
  passed += result.passed;
  failed += result.failed;
  skipped += result.skipped;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `Node.js ${node.version.padEnd(8)} SDK ${sdk.version.padEnd(9)} @smithy/core ${sdk.core.padEnd(8)}` +
      ` ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${seconds} s`,
  );
  for (const detail of result.details.slice(0, SHOWN)) console.log(detail.replace(/^/gm, "    "));
  if (result.details.length > SHOWN) console.log(`    … and ${result.details.length - SHOWN} more`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** @returns {{ version: string, binary: string }[]} */
function nodeReleases() {
  // Plain binaries: the package `node` fetches its own in an install script, which not every environment allows.
  installLocked(HERE);
  const installed = Object.keys(readJson(join(HERE, "package.json")).optionalDependencies)
    .map((name) => join(HERE, "node_modules", name))
    .filter((folder) => existsSync(folder))
    // Older releases of the package write their version with a "v".
    .map((folder) => ({
      version: readJson(join(folder, "package.json")).version.replace(/^v/, ""),
      binary: join(folder, "bin/node"),
    }));
  if (installed.length > 0) return installed;
  console.log(`No binaries for ${process.platform} ${process.arch}: this Node.js release only`);
  return [{ version: process.versions.node, binary: process.execPath }];
}

/** The pinned releases, oldest first, and the one that the project itself is built with. */
function sdkReleases() {
  const pinned = readdirSync(join(HERE, "sdk"))
    .map((folder) => join(HERE, "sdk", folder))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const folder of pinned) installLocked(folder);
  return [...pinned, ROOT].map((folder) => {
    const entry = createRequire(join(folder, "package.json")).resolve(`${SDK}/package.json`);
    const core = createRequire(entry).resolve("@smithy/core/package.json");
    const [version, coreVersion] = [entry, core].map((path) => readJson(path).version);
    return { version, core: coreVersion, folder: resolve(entry, "..") };
  });
}

async function runTests(sdk, node) {
  const folder = mkdtempSync(join(tmpdir(), "matrix-"));
  const report = join(folder, "report.json");
  try {
    const output = await run(
      node.binary,
      [
        join(ROOT, "node_modules/vitest/vitest.mjs"),
        ...["run", "--config", "test/matrix/vitest.config.ts", "--dir", "test/client"],
        ...["--reporter=json", `--outputFile=${report}`],
        ...withoutTests(SINCE.filter(({ since }) => isOlder(sdk.version, since)).map(({ title }) => title)),
      ],
      { SDK_UNDER_TEST: sdk.folder },
    );
    if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, details: [output] };
    return readReport(readJson(report), output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withoutTests(titles) {
  return titles.length === 0 ? [] : ["--testNamePattern", `^(?!.*(?:${titles.join("|")}))`];
}

function isOlder(version, than) {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}

/** A file that cannot be loaded and an error outside of every test have no failed test of their own. */
function readReport(report, output) {
  const details = report.testResults.flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status === "failed");
    if (tests.length === 0 && file.status === "failed") return [`${file.name}\n${file.message}`];
    return tests.map(
      ({ fullName, failureMessages }) => `${fullName}\n${failureMessages.map(withoutForeignFrames).join("\n")}`,
    );
  });
  if (details.length === 0 && !report.success) details.push(output);
  return { passed: report.numPassedTests, failed: details.length, skipped: report.numPendingTests, details };
}

function withoutForeignFrames(message) {
  return message
    .split("\n")
    .filter((line) => !/^\s+at /.test(line) || (line.includes(ROOT) && !line.includes("node_modules")))
    .join("\n");
}

/** Runs a program in the project's folder, without AWS configuration from outside; resolves with what it printed. */
function run(program, args, env) {
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: {
        ...cleanEnvironment(),
        NO_COLOR: "1",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("close", () => done(Buffer.concat(chunks).toString("utf8")));
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
