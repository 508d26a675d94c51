/**
 * Runs libraries that build their own requests for Amazon Bedrock through the doors of the published package.
 *
 *   npm run test:doors                  all libraries
 *   npm run test:doors -- openai        what has one of these words in its name
 *   npm run test:doors -- tools         whole programs through `bedrock-route run`: Claude Code, opencode, boto3. They are
 *                                       large, and run only when they are named
 *
 * Some libraries need a newer Node.js than this package: they run on the one that is installed beside them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment } from "../../support/clean-environment.mjs";
import { buildPackage, installLocked, installPackage } from "../../support/installed-package.mjs";
import { newerNode } from "../../support/newer-node.mjs";

const HERE = import.meta.dirname;
const TOOLS = join(HERE, "../tools");
/** The libraries of these need Node.js 22. */
const NEWER = ["ai-sdk-7", "mastra", "openai", "strands"];

const words = process.argv.slice(2);
const tools = words.includes("tools");
const folder = tools ? TOOLS : HERE;
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".check.mjs"))
  .map((file) => file.replace(".check.mjs", ""))
  .filter((name) => tools || words.length === 0 || words.some((word) => name.includes(word)));

buildPackage();
installLocked(folder);
installPackage(folder);

const outside = mkdtempSync(join(tmpdir(), "doors-"));
let failed = 0;
try {
  const here = names.filter((name) => !NEWER.includes(name));
  const newer = names.filter((name) => NEWER.includes(name));
  failed += run(process.execPath, here);
  const node = newer.length === 0 ? undefined : newerNode(HERE);
  if (node !== undefined) failed += run(node, newer);
  else if (newer.length > 0) {
    console.log(
      `SKIPPED: ${newer.join(", ")}: they need Node.js 22, this is ${process.version}, and none is installed`,
    );
  }
} finally {
  rmSync(outside, { recursive: true });
}
process.exit(failed === 0 ? 0 : 1);

/** @returns how many checks have failed; one at least when none has run */
function run(node, chosen) {
  if (chosen.length === 0) return 0;
  const summary = join(outside, "summary.tap");
  const { status } = spawnSync(
    node,
    [
      ...["--test", "--test-concurrency=2"],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=tap", `--test-reporter-destination=${summary}`],
      ...chosen.map((name) => `${name}.check.mjs`),
    ],
    {
      cwd: folder,
      env: {
        ...cleanEnvironment(/^(OTEL_|ANTHROPIC_|OPENAI_|CLAUDE_)/),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      },
      stdio: "inherit",
    },
  );
  const tap = readFileSync(summary, "utf8");
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const bad = count("fail") + count("cancelled");
  console.log(`Node.js ${node === process.execPath ? process.version : "22"}: ${count("pass")} passed, ${bad} failed`);
  return bad > 0 || status !== 0 || count("pass") === 0 ? Math.max(1, bad) : 0;
}
