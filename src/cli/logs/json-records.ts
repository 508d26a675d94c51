import { TextDecoder } from "node:util";
import { JSONParser } from "@streamparser/json";

/** A JSON value of a log, or the place of one that cannot be read. `line` counts from 1, where lines mean anything. */
export type JsonRecord =
  | { readonly value: unknown; readonly line: number | undefined }
  | { readonly problem: string; readonly line: number | undefined };

/**
 * Reads the JSON values of a log of any size, keeping one of them in memory at a time: JSON lines, values one after the
 * other, a top-level array, or the array that AWS wraps records in (`{"Records":[…]}`, hundreds of megabytes on one line).
 *
 * A line that is not JSON is a problem and the next one is read. Within one large value there is no place to go on from:
 * the problem then says that the rest was not read.
 */
export async function* jsonRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<JsonRecord> {
  const decoder = new TextDecoder();
  const iterator = chunks[Symbol.asyncIterator]();
  let head = "";
  let ended = false;
  while (!ended && !isConclusive(head)) {
    const { done, value } = await iterator.next();
    ended = done === true;
    head += ended ? decoder.decode() : decoder.decode(value, { stream: true });
  }
  const text = textFrom(head, ended, iterator, decoder);
  const path = pathOf(head);
  const whole = /^\s*\{/.test(head) && !hasRecordLine(ended ? `${head}\n` : head);
  if (path !== undefined || whole) yield* values(text, path ?? "$");
  else yield* lines(text);
}

/** How much of a log is looked at to tell its form: characters and lines. */
const SNIFFED = { characters: 1_048_576, lines: 100 };
/** A line longer than this is no record of AWS. */
const LONGEST_LINE = 67_108_864;

/** The path of the records in what AWS wraps around them; `undefined` for everything else. */
function pathOf(head: string): string | undefined {
  const [, bracket, name] = /^\s*(?:(\[)|\{\s*"(Records|Events|events|logEvents)"\s*:\s*\[)/.exec(head) ?? [];
  if (name !== undefined) return `$.${name}.*`;
  return bracket === undefined ? undefined : "$.*";
}

/** Whether the start of a log tells its form, or is too long to look further. */
function isConclusive(head: string): boolean {
  if (head.length >= SNIFFED.characters || pathOf(head) !== undefined) return true;
  return hasRecordLine(head) || head.split("\n", SNIFFED.lines + 1).length > SNIFFED.lines;
}

/**
 * Whether one of the first lines is a record by itself: then lines are what the log is made of. Within an indented value
 * a line may be JSON too, but is indented.
 */
function hasRecordLine(head: string): boolean {
  const complete = head.slice(0, head.lastIndexOf("\n") + 1);
  return complete.split("\n", SNIFFED.lines).some((line) => line.startsWith("{") && "value" in parsed(line, 0));
}

async function* textFrom(
  head: string,
  ended: boolean,
  iterator: AsyncIterator<Uint8Array>,
  decoder: TextDecoder,
): AsyncGenerator<string> {
  yield head;
  while (!ended) {
    const { done, value } = await iterator.next();
    ended = done === true;
    yield ended ? decoder.decode() : decoder.decode(value, { stream: true });
  }
}

async function* lines(text: AsyncIterable<string>): AsyncGenerator<JsonRecord> {
  let number = 0;
  let rest = "";
  let skipping = false;
  for await (const chunk of text) {
    const pieces = (rest + chunk).split("\n");
    rest = pieces.pop() ?? "";
    for (const line of pieces) {
      number += 1;
      if (!skipping && line.trim() !== "") yield parsed(line, number);
      skipping = false;
    }
    if (rest.length > LONGEST_LINE && !skipping) {
      skipping = true;
      yield { problem: "a line too long for a record", line: number + 1 };
    }
    if (skipping) rest = "";
  }
  if (rest.trim() !== "") yield parsed(rest, number + 1);
}

function parsed(line: string, number: number): JsonRecord {
  // An export of CloudWatch Logs puts the time before each record.
  const json = /^\d{4}-\d\d-\d\dT\S+\s+(\{.*)$/s.exec(line)?.[1] ?? line;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return { value, line: number };
  } catch {
    // Said below, without the parser's message: it quotes what it read.
  }
  return { problem: "not JSON", line: number };
}

async function* values(text: AsyncIterable<string>, path: string): AsyncGenerator<JsonRecord> {
  // An empty separator lets values follow each other, as `cat` of several files leaves them.
  const parser = new JSONParser({ paths: [path], keepStack: false, separator: "" });
  let ready: unknown[] = [];
  let count = 0;
  let broken = false;
  parser.onValue = ({ value }) => {
    ready.push(value);
  };
  // Without a listener the parser throws what it also reports.
  parser.onError = () => {
    broken = true;
  };
  for await (const chunk of text) {
    parser.write(chunk);
    count += ready.length;
    for (const value of ready) yield { value, line: undefined };
    ready = [];
    if (broken) break;
  }
  if (!broken && !parser.isEnded) parser.end();
  if (broken) {
    yield { problem: `not JSON after ${count} records; the rest of the file was not read`, line: undefined };
  }
}
