import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidOptionsError } from "../types/errors.ts";

/** A log to read: a file, or standard input. */
export interface LogFile {
  readonly name: string;
  /** Absent for a file of a directory that is no log by its name: it is told, not read. */
  open?(): AsyncIterable<Uint8Array>;
}

/**
 * The logs that paths name, in order: files, `-` for standard input, and everything in a directory and below, as
 * `aws s3 sync` leaves it. Beside its logs Bedrock puts bodies, images and a file that checks its permissions.
 * @throws {@link InvalidOptionsError} for a path that does not exist
 */
export async function* logFiles(paths: readonly string[]): AsyncGenerator<LogFile> {
  for (const path of paths) {
    if (path === "-") {
      yield { name: "standard input", open: () => process.stdin };
      continue;
    }
    const found = await stat(path).catch(() => undefined);
    if (found === undefined)
      throw new InvalidOptionsError("FILE", "must be a file, a directory or -", JSON.stringify(path));
    if (found.isDirectory()) yield* below(path);
    else yield fileAt(path);
  }
}

async function* below(directory: string): AsyncGenerator<LogFile> {
  const entries: { name: string; isDirectory: boolean }[] = [];
  for await (const entry of await opendir(directory)) {
    if (entry.isDirectory() || entry.isFile()) entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { name, isDirectory } of entries) {
    const path = join(directory, name);
    if (isDirectory) yield* below(path);
    else yield LOG_NAME.test(name) ? fileAt(path) : { name: path };
  }
}

/** The bodies of long requests and answers stand in files of their own, which hold nothing but prompts and outputs. */
const LOG_NAME = /^[^.].*(?<!_input\.json|_input|_output\.json|_output)\.(?:json|jsonl|ndjson|log|gz)$/i;

function fileAt(path: string): LogFile {
  return { name: path, open: () => createReadStream(path) };
}
