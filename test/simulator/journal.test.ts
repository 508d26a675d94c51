import { describe, expect, it } from "vitest";
import { Journal, type RequestFacts } from "../../src/simulator/journal.ts";
import type { RequestOutcome } from "../../src/simulator/recorded-request.ts";

const facts: RequestFacts = {
  operation: "Converse",
  sourceRegion: "us-east-1",
  method: "POST",
  path: "/",
  headers: {},
  body: undefined,
  httpVersion: "2",
  authentication: "signature",
  receivedAt: 0,
};
const outcome: RequestOutcome = { status: 200, contentEvents: 0, clientCancelled: false, endedAt: 1 };

describe("the journal", () => {
  it("numbers requests and keeps them in order", () => {
    const journal = new Journal(10);
    journal.record(facts);
    journal.record({ ...facts, sourceRegion: "us-west-2" });
    expect(journal.requests({}).map(({ number, sourceRegion }) => [number, sourceRegion])).toEqual([
      [1, "us-east-1"],
      [2, "us-west-2"],
    ]);
    expect(journal.requests({ sourceRegion: "us-west-2" })).toHaveLength(1);
  });

  it("forgets the oldest beyond what it keeps", async () => {
    const journal = new Journal(2);
    for (let index = 0; index < 3; index++) journal.record(facts);
    expect(journal.requests({}).map(({ number }) => number)).toEqual([2, 3]);
    expect((await journal.take({})).number).toBe(2);
  });

  it("tells the outcome once there is one", async () => {
    const entry = new Journal(10).record(facts);
    expect(entry.request.outcome).toBeUndefined();
    entry.end(outcome);
    expect(entry.request.outcome).toEqual(outcome);
    expect(await entry.request.ended).toBe(entry.request.outcome);
    expect(Object.isFrozen(entry.request)).toBe(true);
  });
});

describe("taking requests", () => {
  it("gives each request once, oldest first, and waits for the next", async () => {
    const journal = new Journal(10);
    journal.record(facts);
    journal.record(facts);
    expect((await journal.take({})).number).toBe(1);
    expect((await journal.take({})).number).toBe(2);
    const third = journal.take({});
    journal.record(facts);
    expect((await third).number).toBe(3);
    expect(journal.requests({})).toHaveLength(3);
  });

  it("leaves the requests that do not match for others", async () => {
    const journal = new Journal(10);
    const west = journal.take({ sourceRegion: "us-west-2" });
    journal.record(facts);
    journal.record({ ...facts, sourceRegion: "us-west-2" });
    expect((await west).number).toBe(2);
    expect((await journal.take({})).number).toBe(1);
  });

  it("stops waiting when its signal aborts, and takes nothing afterwards", async () => {
    const journal = new Journal(10);
    const abort = new AbortController();
    const abandoned = journal.take({}, abort.signal);
    abort.abort(new Error("enough"));
    await expect(abandoned).rejects.toThrow("enough");
    await expect(journal.take({}, abort.signal)).rejects.toThrow("enough");
    journal.record(facts);
    expect((await journal.take({})).number).toBe(1);
  });
});
