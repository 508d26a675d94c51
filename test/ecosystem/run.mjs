/**
 * Runs the published package together with libraries that take a `BedrockRuntimeClient` or instrument one.
 *
 *   npm run test:ecosystem                        everything
 *   npm run test:ecosystem -- langchain packaging what has one of these words in its path
 *
 * The package is packed and installed as an application would. A link to the project would not do: Node.js resolves the
 * SDK from where a file really is, so the package and the libraries would each have a copy of their own.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, "../..");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).name;

build();
installLibraries();
installPackage();
process.exit(runTests(process.argv.slice(2)));

/** Unless it has been done since the last change. */
function build() {
  const built = join(ROOT, "dist/index.d.ts");
  const sources = readdirSync(join(ROOT, "src"), { recursive: true }).map((file) => join(ROOT, "src", file));
  const changedAt = Math.max(...[...sources, join(ROOT, "package.json")].map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > changedAt) return;
  npm(ROOT, "run", "build", "--silent");
}

/** What the lock file says, unless that has been done. */
function installLibraries() {
  const stamp = join(HERE, "node_modules/.installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(HERE, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  npm(HERE, "ci", "--prefer-offline", "--ignore-scripts");
  writeFileSync(stamp, lock);
}

function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), "ecosystem-"));
  try {
    npm(ROOT, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
    const [archive] = readdirSync(folder);
    // npm keeps an installed package of the same version, however old its files are.
    rmSync(join(HERE, "node_modules", PACKAGE), { recursive: true, force: true });
    npm(
      HERE,
      "install",
      "--no-save",
      "--no-package-lock",
      "--prefer-offline",
      "--ignore-scripts",
      join(folder, archive),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
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
    { cwd: HERE, env: cleanEnvironment(), stdio: "inherit" },
  );
  const tap = readFileSync(summary, "utf8");
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  console.log(`${count("pass")} passed, ${failed} failed`);
  return status === 0 && failed === 0 && count("pass") > 0 ? 0 : 1;
}

/** Without AWS configuration from outside. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|OTEL_|_X_AMZN_|NODE_OPTIONS)/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}

function npm(folder, ...args) {
  const { status } = spawnSync("npm", [...args, "--loglevel=error", "--no-fund", "--no-audit"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed in ${folder}`);
}
