import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonRecord, jsonRecords } from "../../../src/cli/logs/json-records.ts";

async function read(text: string, chunk = text.length || 1): Promise<JsonRecord[]> {
  const bytes = new TextEncoder().encode(text);
  const records: JsonRecord[] = [];
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  };
  for await (const record of jsonRecords(chunks())) records.push(record);
  return records;
}

const valuesOf = (records: readonly JsonRecord[]): unknown[] =>
  records.map((record) => ("value" in record ? record.value : record));
const record = fc.record({
  id: fc.integer(),
  text: fc.string({ unit: "grapheme" }),
  nested: fc.array(fc.jsonValue(), { maxLength: 3 }),
});
/** JSON has no negative zero. */
const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("the records of a log", () => {
  it.each([
    ["JSON lines", (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("")],
    [
      "JSON lines without a last line break",
      (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join("\r\n"),
    ],
    ["a CloudTrail file", (values: readonly unknown[]) => JSON.stringify({ Records: values })],
    [
      "several CloudTrail files",
      (values: readonly unknown[]) => values.map((value) => JSON.stringify({ Records: [value] })).join(""),
    ],
    ["an array", (values: readonly unknown[]) => JSON.stringify(values, null, 2)],
    [
      "indented values",
      (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value, null, 2)}\n`).join(""),
    ],
  ])("are the same from %s, however it is cut into pieces", async (_form, write) => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), async (values, chunk) => {
        expect(valuesOf(await read(write(values), chunk))).toEqual(clean(values));
      }),
      { numRuns: 60 },
    );
  });

  it("go on after a line that is not JSON, which is named without its words", async () => {
    expect(await read('{"a":1}\n{"secret": oops}\n\n{"a":2}\n7\n')).toEqual([
      { value: { a: 1 }, line: 1 },
      { problem: "not JSON", line: 2 },
      { value: { a: 2 }, line: 4 },
      { problem: "not JSON", line: 5 },
    ]);
    expect(valuesOf(await read('{"broken\n{"a":2}\n', 3))).toEqual([{ problem: "not JSON", line: 1 }, { a: 2 }]);
  });

  it.each([
    ['{"Records":[{"a":1},{"a', 5],
    ['{"Records":[{"a":1}, oops, {"a":2}]}', 4],
    ['[{"a":1}', 100],
  ])("say where a large value breaks off: %s", async (text, chunk) => {
    expect(await read(text, chunk)).toEqual([
      { value: { a: 1 }, line: undefined },
      { problem: "not JSON after 1 records; the rest of the file was not read", line: undefined },
    ]);
  });

  it("are found behind a byte order mark and behind the time of a CloudWatch Logs export", async () => {
    expect(valuesOf(await read('\uFEFF{"a":1}\n'))).toEqual([{ a: 1 }]);
    expect(valuesOf(await read('2026-04-19T13:28:51.000Z {"a":1}\n'))).toEqual([{ a: 1 }]);
    expect(await read("")).toEqual([]);
  });

  it("are told apart in a log with a first line longer than what is looked at", async () => {
    const long = { text: "x".repeat(1_200_000) };
    expect(valuesOf(await read(`${JSON.stringify(long)}\n{"a":2}\n`, 65_536))).toEqual([long, { a: 2 }]);
  });

  it("do not pile up in memory", async () => {
    const event = `${JSON.stringify({ text: "y".repeat(1_000) })},`;
    let sent = 0;
    let ahead = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('{"Records":[');
      for (sent = 1; sent <= 5_000; sent += 1) yield new TextEncoder().encode(event);
      yield new TextEncoder().encode("{}]}");
    };
    let seen = 0;
    for await (const _record of jsonRecords(endless())) {
      seen += 1;
      ahead = Math.max(ahead, sent - seen);
    }
    expect(seen).toBe(5_001);
    expect(ahead).toBeLessThan(5);
  });
});
