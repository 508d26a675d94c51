import { describe, expect, it } from "vitest";
import { encodeHdr } from "../../../src/cli/lab/hdr.ts";
import { readResults } from "../../../src/cli/lab/read-results.ts";
import { around, madeResults } from "./made-results.ts";

const made = madeResults([
  [{ geography: "global" }, around(947, 0.3)],
  [{}, around(766, 0.2)],
]);

/** The results with one field changed: `undefined` removes it. */
function changed(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(made));
  const names = path.split(".");
  const parent = names.slice(0, -1).reduce((object, name) => object[name], copy);
  parent[names.at(-1)!] = value;
  return copy;
}

describe("readResults", () => {
  it("reads what was written", () => {
    expect(readResults(JSON.parse(JSON.stringify(made)), "r")).toEqual(made);
  });

  it("computes every figure from the calls anew", () => {
    const read = readResults(changed("cells.0.ttfb.p50", 1), "r");
    expect(read.cells[0]?.ttfb?.p50).toBe(made.cells[0]?.ttfb?.p50);
  });

  it.each([
    ["schema", "other", /r\.schema must be "bedrock-routed-client\/lab", got "other"/],
    ["version", 2, /r\.version must be 1, got 2/],
    ["simulated", "no", /r\.simulated/],
    ["cells", {}, /r\.cells must be an array/],
    ["cells.1.sourceRegion", "eu-wst-1", /r\.cells\[1\]\.sourceRegion must be an AWS Region/],
    ["cells.1.modelId", "<script>", /r\.cells\[1\]\.modelId/],
    ["cells.1.kind", "odd", /r\.cells\[1\]\.kind must be "global", "geographic" or "in-region"/],
    ["cells.1.measuredFrom", "moon", /r\.cells\[1\]\.measuredFrom/],
    ["cells.0.ttfb.hdr", "AAAA", /r\.cells\[0\]\.ttfb\.hdr must be an HDR histogram/],
    ["cells.0.ttfb.hdr", encodeHdr([1]), /r\.cells\[0\]\.ttfb\.hdr must hold the 30 answered calls/],
    ["cells.0.total", null, /r\.cells\[0\]\.total must be an object/],
    ["calls.4.cell", 7, /r\.calls\[4\]\.cell/],
    ["method.maxTokens", "many", /r\.method\.maxTokens must be a number, got "many"/],
    ["method.operation", "Converse", /r\.method\.operation must be "ConverseStream"/],
    ["measurements.0.startedAt", "yesterday", /r\.measurements\[0\]\.startedAt/],
    ["measurements.0.software", { node: "<b>" }, /r\.measurements\[0\]\.software\.node/],
    ["missing", [{ model: "x", sourceRegion: "eu-west-1", kind: "odd" }], /r\.missing\[0\]\.kind/],
  ])("refuses a wrong %s, with its path", (path, value, message) => {
    expect(() => readResults(changed(path, value), "r")).toThrow(message);
  });

  it("refuses what is no object at all", () => {
    for (const value of [null, [], "text", 3]) expect(() => readResults(value, "r")).toThrow(/^r must be/);
  });
});
