/**
 * Runs this library and its peers, each as published, through the same faults on the same fake Bedrock.
 *
 *   npm run bench:peers                        everything; writes its part of docs/benchmarks.md
 *   npm run bench:peers -- throttled langchain scenarios and contenders with one of these words in their names; writes nothing
 *
 * The library is packed and installed as an application would, next to the peers.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, "../..");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).name;

npm(ROOT, "run", "build", "--silent");
installPeers();
installPackage();
const { status } = spawnSync(process.execPath, ["--import", "tsx", join(HERE, "main.ts"), ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
});
process.exit(status ?? 1);

/** What the lock file says, unless that has been done. */
function installPeers() {
  const stamp = join(HERE, "node_modules/.installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(HERE, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  npm(HERE, "ci", "--prefer-offline", "--ignore-scripts");
  writeFileSync(stamp, lock);
}

function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), "peers-"));
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

function npm(folder, ...args) {
  const { status } = spawnSync("npm", [...args, "--loglevel=error", "--no-fund", "--no-audit"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed in ${folder}`);
}
