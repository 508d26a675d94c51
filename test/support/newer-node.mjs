import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A Node.js of 22 or newer, for libraries that need one: this one, or the binary that is installed in a folder as the
 * package `node-22`. Undefined when there is none.
 */
export function newerNode(folder) {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const installed = join(folder, "node_modules/node-22/bin/node");
  if (!existsSync(installed)) return undefined;
  // Whoever unpacks a package need not keep what is executable.
  chmodSync(installed, 0o755);
  return installed;
}
