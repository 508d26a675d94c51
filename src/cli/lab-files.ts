import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidOptionsError } from "../types/errors.ts";
import type { CallRecord } from "./lab/call-record.ts";
import { callsCsv } from "./lab/csv.ts";
import { type Journal, type JournalHeader, journalLine, readJournal } from "./lab/journal.ts";
import { markdownReport } from "./lab/markdown.ts";
import type { NamedResults } from "./lab/merge.ts";
import { readResults } from "./lab/read-results.ts";
import type { LabResults } from "./lab/results.ts";

const JOURNAL = "journal.jsonl";

/** The journal of a folder, if there is one. Cuts off what a crash left of its last line. */
export function openJournal(folder: string): Journal | undefined {
  const file = join(folder, JOURNAL);
  if (!existsSync(file)) return undefined;
  const journal = readJournal(readFileSync(file, "utf8"), file);
  truncateSync(file, journal.wholeBytes);
  return journal;
}

/** Begins a journal. */
export function beginJournal(folder: string, header: JournalHeader): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, JOURNAL), journalLine(header), { flag: "wx" });
}

/** Keeps a call for good before the next one is made. */
export function appendCall(folder: string, call: CallRecord): void {
  appendFileSync(join(folder, JOURNAL), journalLine(call));
}

/** Writes every form of the results into a folder; returns the files. */
export async function writeReports(folder: string, results: LabResults): Promise<readonly string[]> {
  // It brings the charts along: nobody else should wait for them.
  const { htmlReport } = await import("./lab/report/html.ts");
  mkdirSync(folder, { recursive: true });
  const contents: Readonly<Record<string, string>> = {
    "results.json": resultsJson(results),
    "calls.csv": callsCsv(results),
    "report.md": markdownReport(results),
    "report.html": htmlReport(results),
  };
  return Object.entries(contents).map(([name, content]) => {
    const file = join(folder, name);
    // Whoever reads it meanwhile sees the old file or the new one, never half of it.
    writeFileSync(`${file}.part`, content);
    renameSync(`${file}.part`, file);
    return file;
  });
}

/**
 * Reads results files.
 * @throws {@link InvalidOptionsError} naming the file and the field
 */
export function readResultFiles(files: readonly string[]): readonly NamedResults[] {
  return files.map((name) => {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(name, "utf8"));
    } catch (error) {
      throw new InvalidOptionsError(name, `must be a results.json of a lab: ${(error as Error).message}`);
    }
    return { name, results: readResults(value, name) };
  });
}

/** One call a line: as long as it is, it can still be read, and compared by line. */
function resultsJson(results: LabResults): string {
  const { calls, ...rest } = results;
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  return `${head},\n "calls": [\n${calls.map((call) => `  ${JSON.stringify(call)}`).join(",\n")}\n ]\n}\n`;
}
