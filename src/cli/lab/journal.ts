import { InvalidOptionsError } from "../../types/errors.ts";
import { array, boolean, fieldsOf, number, object, oneOf, type Reader, refuse, text } from "../../types/schema.ts";
import { received } from "../../util/received.ts";
import type { CallRecord } from "./call-record.ts";
import type { LabOptions } from "./options.ts";
import { readCall } from "./read-call.ts";

/** The first line of a journal: everything that the calls after it have in common. */
export interface JournalHeader {
  readonly journal: typeof JOURNAL_VERSION;
  readonly simulated: boolean;
  readonly startedAt: number;
  readonly options: LabOptions;
  /** Keys of the routes, in the order of the schedule. */
  readonly routes: readonly string[];
}

export const JOURNAL_VERSION = 1 as const;

/** A journal as it was found. */
export interface Journal {
  readonly header: JournalHeader;
  readonly calls: readonly CallRecord[];
  /** Length of the whole lines in bytes: what comes after them was cut off by a crash. */
  readonly wholeBytes: number;
}

/** A line of the journal, with its end. */
export function journalLine(entry: JournalHeader | CallRecord): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a journal. A last line without its end is what a crash left, and is ignored.
 * @throws {@link InvalidOptionsError} naming the line
 */
export function readJournal(content: string, path: string): Journal {
  const whole = content.slice(0, content.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  if (first === undefined) throw new InvalidOptionsError(path, "must be the journal of a lab", "an empty file");
  const header = readHeader(parse(first, `${path}:1`), `${path}:1`);
  const calls = lines.map((line, index) => {
    const at = `${path}:${index + 2}`;
    return readCall(parse(line, at), header.routes.length, at);
  });
  return Object.freeze({ header, calls: Object.freeze(calls), wholeBytes: Buffer.byteLength(whole) });
}

/**
 * Refuses to go on with a lab under other options than it was begun with.
 * @throws {@link InvalidOptionsError}
 */
export function refuseOtherOptions(header: JournalHeader, given: Partial<LabOptions>, simulated: boolean): void {
  if (header.simulated !== simulated) {
    throw new InvalidOptionsError(
      "lab.simulate",
      `must stay as it was when the lab began, ${header.simulated ? "with" : "without"} --simulate`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const begun = header.options[name as keyof LabOptions];
    if (JSON.stringify(begun) === JSON.stringify(value)) continue;
    throw new InvalidOptionsError(
      `lab.${name}`,
      `must stay as it was when the lab began (${received(begun)}); leave the flag out, or start another lab`,
      received(value),
    );
  }
}

const readHeader: Reader<JournalHeader> = object(
  {
    journal: oneOf(JOURNAL_VERSION),
    simulated: boolean,
    startedAt: number(),
    // Written by the lab that is gone on with: they are compared, not used.
    options: (value, path) => fieldsOf(value, path) as unknown as LabOptions,
    routes: array(text("the key of a route")),
  },
  { expected: `the header of a lab journal of version ${JOURNAL_VERSION}`, open: true },
);

function parse(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return refuse(path, "must be JSON", line);
  }
}
