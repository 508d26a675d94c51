import { describe, expect, it } from "vitest";
import type { CallRecord } from "../../../src/cli/lab/call-record.ts";
import { labRoutes } from "../../../src/cli/lab/lab-routes.ts";
import { DEFAULT_LAB_OPTIONS } from "../../../src/cli/lab/options.ts";
import { runCalls } from "../../../src/cli/lab/run.ts";
import { schedule } from "../../../src/cli/lab/schedule.ts";
import { bundledCatalog } from "../../../src/profiles/bundled-catalog.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../../support/virtual-clock.ts";

const { routes } = labRoutes({ ...DEFAULT_LAB_OPTIONS, sourceRegions: ["eu-central-1"] }, bundledCatalog());

async function run(stopAfter: number): Promise<{ readonly complete: boolean; readonly calls: readonly CallRecord[] }> {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const calls: CallRecord[] = [];
  const complete = await clock.finish(
    runCalls(schedule(routes.length, 2, 0), {
      routes,
      clock,
      signal: stop.signal,
      timeoutMs: 10_000,
      intervalMs: 500,
      send: async () =>
        (async function* () {
          await clock.delay(100);
          yield { messageStop: {} };
        })(),
      record(call) {
        calls.push(call);
        if (calls.length === stopAfter) stop.abort();
      },
    }),
  );
  return { complete, calls };
}

describe("runCalls", () => {
  it("calls the routes in turn, with a pause after each", async () => {
    const { complete, calls } = await run(Number.POSITIVE_INFINITY);
    expect(complete).toBe(true);
    expect(calls.map(({ cell }) => cell)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(calls.map(({ startedAt }) => startedAt - VIRTUAL_EPOCH)).toEqual(
      Array.from({ length: 8 }, (_, index) => index * 600),
    );
  });

  it("keeps what was measured when it is stopped", async () => {
    const { complete, calls } = await run(3);
    expect(complete).toBe(false);
    expect(calls).toHaveLength(3);
  });
});
