import { expect, it } from "vitest";
import { runSoak } from "./soak.ts";
import { verdictOn } from "./verdict.ts";

it("answers or fails each of some thousand requests exactly once, and leaves nothing behind", async () => {
  const figures = await runSoak({ requests: 2_000, concurrency: 32, seed: 7, timeoutMs: 1_000, samples: 1 });
  const { failovers } = figures.clients.reduce((sum, client) => ({ failovers: sum.failovers + client.failovers }), {
    failovers: 0,
  });
  expect(failovers).toBeGreaterThan(20);
  expect(figures.ends.complete).toBeGreaterThan(1_000);
  // The heap of a test runner is not that of the client.
  expect(verdictOn(figures, 32).filter((text) => !text.startsWith("The heap"))).toEqual([]);
}, 60_000);
