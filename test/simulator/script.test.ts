import { beforeEach, describe, expect, it } from "vitest";
import type { RecordedRequest } from "../../src/simulator/recorded-request.ts";
import { Script } from "../../src/simulator/script.ts";
import { type SteppingClock, steppingClock } from "./stepping-clock.ts";

let clock: SteppingClock;
let script: Script;
beforeEach(() => {
  clock = steppingClock();
  script = new Script(1, () => clock.now());
});

describe("the queue", () => {
  it("gives each reply to one request that calls a model, in order, before any rule", () => {
    script.rule({ fault: { kind: "internal-error" } });
    script.enqueue([{ kind: "throttle" }, { kind: "hang" }]);
    expect([next(), next(), next()]).toEqual(["throttle", "hang", "internal-error"]);
  });

  it("is not used up by the control plane", () => {
    script.enqueue([{ kind: "throttle" }]);
    expect(next({ operation: "ListInferenceProfiles" })).toBeUndefined();
    expect(next()).toBe("throttle");
  });

  it("refuses a reply that does not exist", () => {
    expect(() => script.enqueue([{ kind: "throttle" }, { kind: "nonsense" } as never])).toThrow(
      /^enqueue\(…\)\[1\]\.kind must be one of/,
    );
    expect(next()).toBeUndefined();
  });
});

describe("a rule", () => {
  it("hits the requests that it matches", () => {
    script.rule({ match: { sourceRegion: "eu-west-1", kind: "global" }, fault: { kind: "throttle" } });
    expect(next({ sourceRegion: "eu-west-1", kind: "global" })).toBe("throttle");
    expect(next({ sourceRegion: "eu-west-1", kind: "geographic" })).toBeUndefined();
    expect(next({ sourceRegion: "eu-west-3", kind: "global" })).toBeUndefined();
  });

  it("stands behind the rules that were made before it", () => {
    const first = script.rule({ match: { sourceRegion: "eu-west-1" }, fault: { kind: "throttle" } });
    script.rule({ fault: { kind: "hang" } });
    expect([next({ sourceRegion: "eu-west-1" }), next({ sourceRegion: "eu-west-3" })]).toEqual(["throttle", "hang"]);
    first.remove();
    expect(next({ sourceRegion: "eu-west-1" })).toBe("hang");
  });

  it("ends after so many requests", () => {
    const handle = script.rule({ fault: { kind: "throttle" }, times: 2 });
    expect([next(), next(), next()]).toEqual(["throttle", "throttle", undefined]);
    expect([handle.active, handle.used]).toEqual([false, 2]);
  });

  it("ends after so much time", () => {
    const handle = script.rule({ fault: { kind: "throttle" }, forMs: 1_000 });
    clock.advance(999);
    expect([next(), handle.active]).toEqual(["throttle", true]);
    clock.advance(1);
    expect([next(), handle.active]).toEqual([undefined, false]);
  });

  it("hits a share of the requests, the same ones in every run", () => {
    const hits = (): readonly number[] => {
      const run = new Script(7, () => 0);
      run.rule({ fault: { kind: "throttle" }, probability: 0.1 });
      return Array.from({ length: 2_000 }, (_, index) => index).filter(
        (number) => run.next(requestOf({ number })) !== undefined,
      );
    };
    expect(hits().length).toBeGreaterThan(150);
    expect(hits().length).toBeLessThan(250);
    expect(hits()).toEqual(hits());
  });

  it("hits the control plane only by name", () => {
    script.rule({ match: { sourceRegion: "eu-west-1" }, fault: { kind: "throttle" } });
    expect(next({ operation: "ListInferenceProfiles", sourceRegion: "eu-west-1" })).toBeUndefined();
    script.rule({ match: { operation: "ListInferenceProfiles" }, fault: { kind: "throttle" } });
    expect(next({ operation: "ListInferenceProfiles", sourceRegion: "eu-west-1" })).toBe("throttle");
  });

  it("is removed with all others and the queue", () => {
    const handle = script.rule({ fault: { kind: "throttle" } });
    script.enqueue([{ kind: "hang" }]);
    script.clear();
    expect([next(), handle.active]).toEqual([undefined, false]);
  });
});

function next(change: Partial<RecordedRequest> = {}): string | undefined {
  return script.next(requestOf(change))?.kind;
}

function requestOf(change: Partial<RecordedRequest>): RecordedRequest {
  return {
    number: 1,
    operation: "Converse",
    sourceRegion: "us-east-1",
    method: "POST",
    path: "/",
    headers: {},
    body: undefined,
    httpVersion: "2",
    authentication: "signature",
    receivedAt: 0,
    outcome: undefined,
    ended: new Promise(() => undefined),
    ...change,
  };
}
