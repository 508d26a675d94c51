import { describe, expect, it } from "vitest";
import { caseCount, scenarioOf } from "./scenario.ts";
import { runPiece } from "./worker.ts";

const SEED = 20_261_121;

describe("a routed client on a bad day", () => {
  it("keeps every promise in some thousand generated requests", async () => {
    const { tally, violations } = await runPiece({ seed: SEED, from: 0, to: 300 });
    expect(violations).toEqual([]);
    expect(tally.cases).toBeGreaterThan(3_000);
    // A run in which nothing went wrong would prove nothing.
    for (const seen of [tally.succeeded, tally.failed, tally.failovers, tally.backoffs, tally.backups, tally.hedges]) {
      expect(seen).toBeGreaterThan(50);
    }
  });

  it("is the same day again with the same seed", async () => {
    const runs = await Promise.all([0, 1].map(() => runPiece({ seed: SEED, from: 300, to: 310 })));
    expect(runs[1]?.tally.digest).toBe(runs[0]?.tally.digest);
    expect(scenarioOf(SEED, 7)).toEqual(scenarioOf(SEED, 7));
    expect(scenarioOf(SEED, 7).cases).toHaveLength(caseCount(SEED, 7));
  });
});
