/**
 * Runs the published package together with libraries that take a `BedrockRuntimeClient` or instrument one.
 *
 *   npm run test:ecosystem                        everything
 *   npm run test:ecosystem -- langchain packaging what has one of these words in its path
 *
 * The package is packed and installed as an application would.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment } from "../support/clean-environment.mjs";
import { installLocked, installPackage, npm, ROOT } from "../support/installed-package.mjs";

const HERE = import.meta.dirname;

build();
installLocked(HERE);
installPackage(HERE);
process.exit(runTests(process.argv.slice(2)));

/** Unless it has been done since the last change. */
function build() {
  const built = join(ROOT, "dist/index.d.ts");
  const sources = readdirSync(join(ROOT, "src"), { recursive: true }).map((file) => join(ROOT, "src", file));
  const changedAt = Math.max(...[...sources, join(ROOT, "package.json")].map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > changedAt) return;
  npm(ROOT, "run", "build", "--silent");
}

function runTests(words) {
  const files = ["libraries", "packaging"]
    .flatMap((folder) => readdirSync(join(HERE, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".check.mjs") && (words.length === 0 || words.some((word) => file.includes(word))));
  const summary = join(mkdtempSync(join(tmpdir(), "ecosystem-")), "summary.tap");
  const { status } = spawnSync(
    process.execPath,
    [
      // One at a time: they measure nothing, but they wait for each other's processes.
      ...["--test", "--test-concurrency=1"],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=tap", `--test-reporter-destination=${summary}`],
      ...files,
    ],
    { cwd: HERE, env: cleanEnvironment(/^(OTEL_|_X_AMZN_)/), stdio: "inherit" },
  );
  const tap = readFileSync(summary, "utf8");
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  console.log(`${count("pass")} passed, ${failed} failed`);
  return status === 0 && failed === 0 && count("pass") > 0 ? 0 : 1;
}
