import { deflateSync } from "node:zlib";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { decodeHdr, encodeHdr } from "../../../src/cli/lab/hdr.ts";

describe("encodeHdr", () => {
  it("writes what the decoder of hdr-histogram-js reads", () => {
    const text = encodeHdr([822.4, 860, 947, 44_508, 182_188]);
    const histogram = decodeFromCompressedBase64(text);
    expect(histogram.totalCount).toBe(5);
    expect(histogram.getValueAtPercentile(50)).toBe(947);
    expect(histogram.maxValue).toBeCloseTo(182_188, -3);
  });

  it("writes the standard headers of the compressed V2 encoding", () => {
    const bytes = Buffer.from(encodeHdr([1]), "base64");
    expect(bytes.readUInt32BE(0).toString(16)).toBe("1c849314");
    expect(bytes.readUInt32BE(4)).toBe(bytes.length - 8);
  });

  it("keeps durations beyond an hour at an hour", () => {
    expect(decodeHdr(encodeHdr([1e9])).maxValue).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe("decodeHdr", () => {
  it("refuses what is damaged, of another encoding, or asks for another shape", () => {
    const text = encodeHdr([10, 20, 30]);
    expect(decodeHdr(text).totalCount).toBe(3);
    expect(() => decodeHdr("")).toThrow(/compressed V2/);
    expect(() => decodeHdr(text.slice(0, -8))).toThrow(/damaged/);
    expect(() => decodeHdr("A".repeat(100_000))).toThrow(/too long/);
  });

  it("refuses a small text that asks for megabytes, before anything is allocated", () => {
    const header = Buffer.alloc(40);
    header.writeInt32BE(0x1c849313, 0);
    header.writeInt32BE(5, 12);
    header.writeBigInt64BE(1n, 16);
    header.writeBigInt64BE(2n ** 53n, 24);
    const body = deflateSync(header);
    const head = Buffer.alloc(8);
    head.writeInt32BE(0x1c849314, 0);
    head.writeInt32BE(body.length, 4);
    expect(() => decodeHdr(Buffer.concat([head, body]).toString("base64"))).toThrow(/another range or precision/);
  });
});
