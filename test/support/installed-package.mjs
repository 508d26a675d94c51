import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).name;

/** Installs what the lock file of a folder says, unless that has been done. */
export function installLocked(folder) {
  const stamp = join(folder, "node_modules/.installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  npm(folder, "ci", "--prefer-offline", "--ignore-scripts");
  writeFileSync(stamp, lock);
}

/** Packs the package, as it was built, into a folder. @returns the path of the archive */
export function packPackage(folder) {
  npm(ROOT, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
}

/** Builds the package, unless that has been done since the last change. */
export function buildPackage() {
  const built = join(ROOT, "dist/index.d.ts");
  const sources = readdirSync(join(ROOT, "src"), { recursive: true }).map((file) => join(ROOT, "src", file));
  const changedAt = Math.max(...[...sources, join(ROOT, "package.json")].map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > changedAt) return;
  npm(ROOT, "run", "build", "--silent");
}

/**
 * Installs the package, and others, into a folder as an application would, from an archive or packed now. A link to the
 * project would not do: Node.js resolves the SDK from where a file really is, so the package and what stands beside it
 * would each have a copy of their own.
 */
export function installPackage(folder, archive, others = []) {
  const packed = mkdtempSync(join(tmpdir(), "packed-"));
  try {
    // npm keeps an installed package of the same version, however old its files are.
    rmSync(join(folder, "node_modules", PACKAGE), { recursive: true, force: true });
    const options = ["--no-save", "--no-package-lock", "--prefer-offline", "--ignore-scripts"];
    npm(folder, "install", ...options, archive ?? packPackage(packed), ...others);
  } finally {
    rmSync(packed, { recursive: true });
  }
}

/** @throws Error when npm fails */
export function npm(folder, ...args) {
  const { status } = spawnSync("npm", [...args, "--loglevel=error", "--no-fund", "--no-audit"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed in ${folder}`);
}
