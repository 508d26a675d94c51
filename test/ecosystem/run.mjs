/**
 * Runs the published package together with libraries that take a `BedrockRuntimeClient` or instrument one.
 *
 *   npm run test:ecosystem                        everything
 *   npm run test:ecosystem -- langchain packaging what has one of these words in its path
 *
 * The package is packed and installed as an application would.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment } from "../support/clean-environment.mjs";
import { buildPackage, installLocked, installPackage, packPackage, ROOT } from "../support/installed-package.mjs";

const HERE = import.meta.dirname;

const outside = mkdtempSync(join(tmpdir(), "ecosystem-"));
let code = 1;
try {
  buildPackage();
  const archive = packPackage(outside);
  installLocked(HERE);
  installPackage(HERE, archive);
  const application = installApplication(archive);
  const complete = addOptionalPackages(application, archive);
  code = runTests(process.argv.slice(2), { ARCHIVE: archive, APPLICATION: application, COMPLETE: complete });
} finally {
  rmSync(outside, { recursive: true });
}
process.exit(code);

/** Outside the repository, where nothing is found but what is installed. */
function installApplication(archive) {
  const application = join(outside, "application");
  cpSync(join(HERE, "application"), application, { recursive: true });
  installLocked(application);
  installPackage(application, archive);
  return application;
}

/** A copy of the application that has every optional peer of the package too. */
function addOptionalPackages(application, archive) {
  const complete = join(outside, "complete");
  cpSync(application, complete, { recursive: true });
  const { peerDependenciesMeta, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const optional = Object.keys(peerDependenciesMeta).map((name) => `${name}@${devDependencies[name]}`);
  // In one go: npm removes what it was not told to save.
  installPackage(complete, archive, optional);
  return complete;
}

function runTests(words, env) {
  const files = ["libraries", "packaging"]
    .flatMap((folder) => readdirSync(join(HERE, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".check.mjs") && (words.length === 0 || words.some((word) => file.includes(word))));
  const summary = join(outside, "summary.tap");
  const { status } = spawnSync(
    process.execPath,
    [
      // One at a time: they measure nothing, but they wait for each other's processes.
      ...["--test", "--test-concurrency=1"],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=tap", `--test-reporter-destination=${summary}`],
      ...files,
    ],
    { cwd: HERE, env: { ...cleanEnvironment(/^(OTEL_|_X_AMZN_)/), ...env }, stdio: "inherit" },
  );
  const tap = readFileSync(summary, "utf8");
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  console.log(`${count("pass")} passed, ${failed} failed`);
  return status === 0 && failed === 0 && count("pass") > 0 ? 0 : 1;
}
