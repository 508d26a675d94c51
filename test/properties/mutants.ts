import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeFigures } from "../support/figures.ts";
import { MUTANTS, type Mutant } from "./mutant-list.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CASES = 20_000;

/** Breaks a copy of the source, one way after another, and sees whether the properties notice. */
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
try {
  for (const part of ["src", "test", "package.json", "tsconfig.json"]) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const rows: string[] = [];
  for (const mutant of MUTANTS) {
    const rules = await rulesBrokenBy(mutant);
    console.log(`${mutant.breaks}: ${rules.join("; ") || "NOT NOTICED"}`);
    rows.push(`| ${mutant.breaks} | \`${mutant.file}\` | ${rules.join("; ") || "**not noticed**"} |`);
    if (rules.length === 0) process.exitCode = 1;
  }
  const table = [
    "| what is broken | where | which promises the run then reports as broken |",
    "|---|---|---|",
    ...rows,
  ];
  if (process.argv.includes("--write") && process.exitCode === undefined) writeFigures("mutants", table.join("\n"));
} finally {
  rmSync(folder, { recursive: true });
}

async function rulesBrokenBy({ file, from, to }: Mutant): Promise<readonly string[]> {
  const path = join(folder, "src", file);
  const whole = readFileSync(path, "utf8");
  if (!whole.includes(from)) throw new Error(`src/${file} does not contain ${from}`);
  writeFileSync(path, whole.replace(from, to));
  const output = await run();
  writeFileSync(path, whole);
  return [...new Set([...output.matchAll(/^VIOLATED: (.*)$/gm)].map(([, rule = ""]) => rule))].sort();
}

function run(): Promise<string> {
  const args = ["--import", "tsx", "test/properties/main.ts", "--cases", String(CASES)];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, _stdout, stderr) => done(stderr));
  });
}
