import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidOptionsError } from "../errors.ts";

/** A log to read: a file, or standard input. */
export interface LogFile {
  readonly name: string;
  open(): AsyncIterable<Uint8Array>;
}

/**
 * The logs that paths name, in order: files, `-` for standard input, and everything in a directory and below, as
 * `aws s3 sync` leaves it.
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
    if (isDirectory) yield* below(join(directory, name));
    else if (!name.startsWith(".")) yield fileAt(join(directory, name));
  }
}

function fileAt(path: string): LogFile {
  return { name: path, open: () => createReadStream(path) };
}
