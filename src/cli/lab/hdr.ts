import { inflateSync } from "node:zlib";
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** Milliseconds, up to an hour, to three significant digits. */
export const HDR_SHAPE: {
  readonly lowestDiscernibleValue: number;
  readonly highestTrackableValue: number;
  readonly numberOfSignificantValueDigits: 3;
} = Object.freeze({
  lowestDiscernibleValue: 1,
  highestTrackableValue: 3_600_000,
  numberOfSignificantValueDigits: 3,
});

/**
 * An HDR histogram of durations in whole milliseconds, in the compressed V2 encoding, base64: what HdrHistogram's own
 * tools read.
 * @see https://github.com/HdrHistogram/HdrHistogram
 */
export function encodeHdr(durationsMs: readonly number[]): string {
  const histogram = build({ bitBucketSize: 32, useWebAssembly: false, ...HDR_SHAPE });
  for (const ms of durationsMs) {
    histogram.recordValue(Math.round(Math.min(HDR_SHAPE.highestTrackableValue, Math.max(1, ms))));
  }
  return encodeIntoCompressedBase64(histogram);
}

/**
 * The histogram that a text stands for. Its header is checked before anything is allocated for it: sixty characters can
 * ask for megabytes.
 * @throws RangeError for a text that is damaged, no V2 encoding, or of another shape
 */
export function decodeHdr(text: string): Histogram {
  if (text.length > MAX_TEXT) throw new RangeError(`a histogram of ${text.length} characters is too long`);
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < 8 || bytes.readInt32BE(0) !== COMPRESSED_COOKIE) {
    throw new RangeError("not a histogram in the compressed V2 encoding");
  }
  const header = inflate(bytes.subarray(8));
  if (header.length < HEADER_BYTES || header.readInt32BE(0) !== COOKIE) {
    throw new RangeError("not a histogram in the V2 encoding");
  }
  const isOurs =
    header.readInt32BE(12) === HDR_SHAPE.numberOfSignificantValueDigits &&
    header.readBigInt64BE(16) === BigInt(HDR_SHAPE.lowestDiscernibleValue) &&
    header.readBigInt64BE(24) === BigInt(HDR_SHAPE.highestTrackableValue);
  if (!isOurs) throw new RangeError("a histogram of another range or precision");
  try {
    return decodeFromCompressedBase64(text, 32, false);
  } catch (error) {
    throw new RangeError("a damaged histogram", { cause: error });
  }
}

const COMPRESSED_COOKIE = 0x1c849314;
const COOKIE = 0x1c849313;
const HEADER_BYTES = 40;
const MAX_TEXT = 65_536;
const MAX_BYTES = 262_144;

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    throw new RangeError("a damaged histogram", { cause: error });
  }
}
