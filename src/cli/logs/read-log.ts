import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Invocation, invocationOf } from "./invocation.ts";
import { jsonRecords } from "./json-records.ts";
import { unwrap } from "./unwrap.ts";

/** What a log holds, one piece at a time. */
export type LogEntry =
  | { readonly kind: "invocation"; readonly invocation: Invocation }
  /** A record of something else than a call of a Bedrock model. */
  | { readonly kind: "other" }
  /** What could not be read or placed. It is counted, never left out in silence. */
  | { readonly kind: "unreadable"; readonly problem: string; readonly line: number | undefined };

/**
 * Reads a log of any size as it arrives, compressed with gzip or not: its first bytes tell. Memory does not grow with its
 * length. Never rejects: what goes wrong is an entry.
 */
export async function* readLog(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LogEntry> {
  try {
    for await (const record of jsonRecords(inflated(bytes))) {
      if ("problem" in record) {
        yield { kind: "unreadable", ...record };
        continue;
      }
      for (const value of unwrap(record.value)) yield entryOf(value, record.line);
    }
  } catch (error) {
    yield { kind: "unreadable", problem: `${describe(error)}; the rest was not read`, line: undefined };
  }
}

function entryOf(record: unknown, line: number | undefined): LogEntry {
  const invocation = invocationOf(record);
  if (invocation === "other") return { kind: "other" };
  if (invocation !== "incomplete") return { kind: "invocation", invocation };
  return { kind: "unreadable", problem: "a Bedrock call without a Region or model", line };
}

async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < GZIP.length) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    first.push(value);
    length += value.byteLength;
  }
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  const start = Buffer.concat(first);
  if (!GZIP.every((byte, index) => start[index] === byte)) yield* whole();
  // An error of either reaches the reader: it destroys the other.
  else yield* pipeline(Readable.from(whole()), createGunzip(), () => {}) as AsyncIterable<Uint8Array>;
}

const GZIP: readonly number[] = [0x1f, 0x8b];

/** Without what the error quotes of the file. */
function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_")) return `damaged or cut-off gzip data (${code})`;
  return code === "" ? "it cannot be read" : `it cannot be read (${code})`;
}
