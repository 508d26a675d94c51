import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Buckets } from "./latency-histogram.ts";

/** Longest text that is looked at, and most bytes that it may unpack to: a snapshot may come from anywhere. */
const MAX_TEXT = 8_192;
const MAX_BYTES = 16_384;

/** The buckets of a histogram as short text: variable-length integers, deflated, base64. */
export function bucketsToText({ entries, min, max }: Buckets): string {
  if (entries.length === 0) return "";
  const bytes: number[] = [];
  writeInteger(bytes, min);
  writeInteger(bytes, max);
  let previous = 0;
  for (const [index, count] of entries) {
    writeInteger(bytes, index - previous);
    writeInteger(bytes, count);
    previous = index;
  }
  return deflateRawSync(Uint8Array.from(bytes)).toString("base64");
}

/**
 * The buckets that a text stands for.
 * @throws RangeError for a text that is too long, damaged or makes no sense
 */
export function bucketsFromText(text: string): Buckets {
  if (text === "") return { entries: [], min: 0, max: 0 };
  if (text.length > MAX_TEXT) throw new RangeError(`A histogram of ${text.length} characters is too long`);
  const bytes = unpack(text);
  const reader = { at: 0 };
  const min = readInteger(bytes, reader);
  const max = readInteger(bytes, reader);
  const entries: [number, number][] = [];
  let index = 0;
  while (reader.at < bytes.length) {
    const step = readInteger(bytes, reader);
    const count = readInteger(bytes, reader);
    if (count === 0 || (step === 0 && entries.length > 0))
      throw new RangeError("A histogram holds an empty or repeated bucket");
    index += step;
    entries.push([index, count]);
  }
  return { entries, min, max };
}

function unpack(text: string): Buffer {
  try {
    return inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MAX_BYTES });
  } catch (error) {
    throw new RangeError("A histogram is damaged", { cause: error });
  }
}

function writeInteger(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function readInteger(bytes: Buffer, reader: { at: number }): number {
  let value = 0;
  for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
    const byte = bytes[reader.at];
    if (byte === undefined) throw new RangeError("A histogram ends too early");
    reader.at += 1;
    value += (byte % 128) * factor;
    if (byte < 128) return value;
  }
  throw new RangeError("A histogram holds too large a number");
}
