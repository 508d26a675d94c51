import { describe, expect, it } from "vitest";
import { adviceOf } from "../../../src/cli/lab/advice.ts";
import { around, CLAUDE, madeResults } from "./made-results.ts";

const results = madeResults(
  [
    [{ sourceRegion: "us-east-1", geography: "global" }, around(822, 0.4)],
    [{ sourceRegion: "us-east-1", geography: "us" }, around(860, 0.4)],
    [{ sourceRegion: "ap-northeast-1", geography: "global" }, around(988, 0.2)],
    [{ sourceRegion: "ap-northeast-1", geography: "jp" }, around(663, 0.2)],
    [{ sourceRegion: "ap-southeast-1", geography: "global" }, around(1_020, 0.2)],
  ],
  { missing: [{ model: CLAUDE, sourceRegion: "ap-southeast-1", kind: "geographic" }] },
);

describe("adviceOf", () => {
  it("gives the advice of the latency lab for data like the latency lab's", () => {
    expect(adviceOf(results).map(({ scenario, profile }) => [scenario, profile])).toEqual([
      ["Calls from the US", "global"],
      ["Calls from elsewhere, latency first", "jp"],
      ["Calls from elsewhere, cost first", "global"],
      ["No geographic profile can be called from the source Region", "global"],
      ["Streaming, the first token counts", "geographic where global is slower"],
      ["Many requests at once, greatest throughput", "global"],
    ]);
  });

  it("says what tokens cost less, from the price table, and what was not measured", () => {
    const [first, ...others] = adviceOf(results);
    expect(first?.because).toContain("its tokens cost 9 % less");
    expect(others.at(-1)).toMatchObject({ measured: false });
  });

  it("advises the global profile where nothing slower was found", () => {
    const even = madeResults([
      [{ geography: "global" }, around(766, 0.4)],
      [{}, around(766, 0.4)],
    ]);
    expect(adviceOf(even)[0]).toMatchObject({ scenario: "Calls from elsewhere, latency first", profile: "global" });
  });

  it("gives none without data", () => {
    expect(adviceOf(madeResults([[{}, around(766, 0.1)]]))).toEqual([]);
  });
});
