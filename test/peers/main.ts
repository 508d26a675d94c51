import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { writePart } from "../bench/routing/page.ts";
import { newerNode } from "../support/newer-node.mjs";
import { CONTENDERS, type Contender } from "./contender.ts";
import { type NotRun, type Results, report } from "./report.ts";
import { startWorker } from "./run-scenario.ts";
import { SCENARIOS, WARM_UP } from "./scenario.ts";
import type { Figures } from "./tally.ts";

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith("--")).map((word) => word.toLowerCase());
const jsonFile = args.find((arg) => arg.startsWith("--json="))?.slice("--json=".length);
const contenders = chosen(CONTENDERS);
const scenarios = chosen(SCENARIOS);

const found = await Promise.all(
  contenders.map(async (contender) => [contender.name, await runAll(contender)] as const),
);
const results: Results = new Map(found);
const text = report(contenders, scenarios, results, versionsOf(contenders));
console.log(text);
if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(found.map(toJson), undefined, 1)}\n`);
if (words.length === 0) writePart("peers", text, new Date().toISOString().slice(0, 10));

/** Everyone at once, each in a process of its own: nearly all of the time is waiting. */
async function runAll(contender: Contender): Promise<ReadonlyMap<string, Figures> | NotRun> {
  const worker = await startWorker(contender).catch((error: Error) => ({ notRun: error.message.split("\n")[0] ?? "" }));
  if ("notRun" in worker) return worker;
  const figures = new Map<string, Figures>();
  // The first requests of a process pay for loading and compiling.
  await worker.run(WARM_UP);
  for (const scenario of scenarios) {
    figures.set(scenario.name, await worker.run(scenario));
    process.stderr.write(`${contender.name}: ${scenario.name}\n`);
  }
  worker.close();
  return figures;
}

/** Everything whose name has one of the words; all, where none has. */
function chosen<Named extends { readonly name: string }>(all: readonly Named[]): readonly Named[] {
  const some = all.filter(({ name }) => words.some((word) => name.toLowerCase().includes(word)));
  return some.length === 0 ? all : some;
}

/** As installed, not as asked for. */
function versionsOf(some: readonly Contender[]): ReadonlyMap<string, string> {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => {
    const folder = require.resolve.paths(name)?.[0] ?? "";
    return JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")).version;
  };
  const names = [...new Set(some.flatMap(({ packages }) => packages))];
  // The contenders may run on a newer one than this process.
  const node = execFileSync(newerNode(import.meta.dirname) ?? process.execPath, ["-p", "process.versions.node"], {
    encoding: "utf8",
  });
  return new Map([...names.map((name) => [name, versionOf(name)] as const), ["node", node.trim()]]);
}

function toJson([name, result]: readonly [string, ReadonlyMap<string, Figures> | NotRun]): object {
  return { name, ...("notRun" in result ? result : { figures: Object.fromEntries(result) }) };
}
