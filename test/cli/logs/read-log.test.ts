import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type LogEntry, readLog } from "../../../src/cli/logs/read-log.ts";

const CALL = { schemaType: "ModelInvocationLog", region: "eu-central-1", modelId: "eu.anthropic.claude-sonnet-4-6" };
const OTHER = { eventSource: "s3.amazonaws.com" };

async function read(bytes: Uint8Array, chunk = bytes.length): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  };
  for await (const entry of readLog(chunks())) entries.push(entry);
  return entries;
}

const text = (...values: unknown[]): Buffer =>
  Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
const kinds = (entries: readonly LogEntry[]): string[] => entries.map(({ kind }) => kind);

describe("a log", () => {
  it.each([1, 7, 10_000])("is the same compressed and plain, in pieces of %i bytes", async (chunk) => {
    const plain = text(CALL, OTHER, CALL);
    expect(kinds(await read(plain, chunk))).toEqual(["invocation", "other", "invocation"]);
    expect(await read(gzipSync(plain), chunk)).toEqual(await read(plain, chunk));
  });

  it("may be several gzip members one after the other, as `cat` leaves them", async () => {
    expect(kinds(await read(Buffer.concat([gzipSync(text(CALL)), gzipSync(text(OTHER))])))).toEqual([
      "invocation",
      "other",
    ]);
  });

  it("that is cut off or damaged keeps what came before, and says so", async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ ...CALL, requestId: `${index * 7919}` }));
    const cut = await read(gzipSync(text(...many)).subarray(0, 4_000), 500);
    expect(cut.at(-1)).toEqual({
      kind: "unreadable",
      problem: expect.stringMatching(/^damaged or cut-off gzip data \(Z_\w+\)/),
      line: undefined,
    });
    expect(kinds(cut).filter((kind) => kind === "invocation").length).toBeGreaterThan(10);
  });

  it("names the line of a record that lacks what places it", async () => {
    expect(await read(text(CALL, { ...CALL, region: "" }))).toEqual([
      expect.objectContaining({ kind: "invocation" }),
      { kind: "unreadable", problem: "a Bedrock call without a Region or model", line: 2 },
    ]);
  });

  it("that cannot be opened is a problem, not an exception", async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield text(CALL);
      throw Object.assign(new Error("secret"), { code: "EACCES" });
    };
    const entries: LogEntry[] = [];
    for await (const entry of readLog(failing())) entries.push(entry);
    expect(entries.at(-1)).toEqual({
      kind: "unreadable",
      problem: "it cannot be read (EACCES); the rest was not read",
      line: undefined,
    });
  });
});
