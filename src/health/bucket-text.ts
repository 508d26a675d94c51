import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Buckets } from "./latency-histogram.ts";

/** Longest text that is looked at, and most bytes that it may unpack to: a snapshot may come from anywhere. */
const MAX_TEXT = 8_192;
const MAX_BYTES = 16_384;

/** A text may be as long as this: two of them, with all else that a snapshot has of a route, stay below 1.5 KB. */
const LONGEST = 440;

/**
 * The buckets of a histogram as short text: variable-length integers, deflated, base64. Some ten thousand samples fill
 * so many buckets that neighbours are put together until the text is short; the first and the last stay as they are.
 */
export function bucketsToText(buckets: Buckets): string {
  if (buckets.entries.length === 0) return "";
  let text = encode(buckets);
  for (let width = 2; text.length > LONGEST && width <= 64; width *= 2) text = encode(widened(buckets, width));
  return text;
}

function encode({ entries, min, max }: Buckets): string {
  const bytes: number[] = [];
  writeInteger(bytes, min);
  writeInteger(bytes, max);
  writeInteger(bytes, entries.length);
  let index = 0;
  // One kind of number after the other: steps are alike, and so are the counts of neighbours.
  for (const [next] of entries) {
    writeInteger(bytes, next - index);
    index = next;
  }
  let count = 0;
  for (const [, next] of entries) {
    writeInteger(bytes, next < count ? 2 * (count - next) - 1 : 2 * (next - count));
    count = next;
  }
  return deflateRawSync(Uint8Array.from(bytes)).toString("base64");
}

/** The same samples in buckets that are `width` times as wide, each told by the one in its middle. */
function widened({ entries, min, max }: Buckets, width: number): Buckets {
  const last = entries.length - 1;
  const wide: [number, number][] = [];
  entries.forEach(([index, count], place) => {
    const middle = index - (index % width) + width / 2;
    const isEnd =
      place === 0 || place === last || middle <= (entries[0]?.[0] ?? 0) || middle >= (entries[last]?.[0] ?? 0);
    const at = isEnd ? index : middle;
    const previous = wide.at(-1);
    if (previous?.[0] === at) previous[1] += count;
    else wide.push([at, count]);
  });
  return { entries: wide, min, max };
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
  const length = readInteger(bytes, reader);
  // Each bucket takes two bytes at least.
  if (2 * length > bytes.length) throw new RangeError("A histogram ends too early");
  const indexes: number[] = [];
  for (let place = 0; place < length; place += 1) {
    const step = readInteger(bytes, reader);
    if (step === 0 && place > 0) throw new RangeError("A histogram holds a repeated bucket");
    indexes.push((indexes.at(-1) ?? 0) + step);
  }
  let count = 0;
  const entries = indexes.map((index) => {
    const change = readInteger(bytes, reader);
    count += change % 2 === 0 ? change / 2 : -(change + 1) / 2;
    if (count <= 0) throw new RangeError("A histogram holds an empty bucket");
    return [index, count] as const;
  });
  if (reader.at !== bytes.length) throw new RangeError("A histogram goes on after its end");
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
