/**
 * Runs this library and its peers, each as published, through the same faults on the same fake Bedrock.
 *
 *   npm run bench:peers                        everything; writes its part of docs/benchmarks.md
 *   npm run bench:peers -- throttled langchain scenarios and contenders with one of these words in their names; writes nothing
 *
 * The library is packed and installed as an application would, next to the peers.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installLocked, installPackage, npm, ROOT } from "../support/installed-package.mjs";

const HERE = import.meta.dirname;

npm(ROOT, "run", "build", "--silent");
installLocked(HERE);
installPackage(HERE);
const { status } = spawnSync(process.execPath, ["--import", "tsx", join(HERE, "main.ts"), ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
});
process.exit(status ?? 1);
