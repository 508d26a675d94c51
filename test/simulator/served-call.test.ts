import { describe, expect, it } from "vitest";
import { createSimulator } from "../../src/simulator/index.ts";
import { refuse } from "../../src/simulator/refusal.ts";
import { noteRefusal, type ServedProgress } from "../../src/simulator/served-call.ts";
import { converse, failureOf, runtimeClient } from "./sdk-clients.ts";
import { steppingClock } from "./stepping-clock.ts";

describe("a refusal", () => {
  it("is noted with its status, and its name if it has one", () => {
    const progress: ServedProgress = { contentEvents: 0 };
    noteRefusal(progress, refuse.invalidApiKey());
    expect(progress).toEqual({ contentEvents: 0, status: 403 });
    noteRefusal(progress, refuse.throttled("requests"));
    expect(progress).toEqual({ contentEvents: 0, status: 429, exception: "ThrottlingException" });
  });

  it("takes as long as the network between the caller and the source Region", async () => {
    const clock = steppingClock();
    const simulator = await createSimulator({ clock, callerRegion: "ap-southeast-1" });
    simulator.enqueue({ kind: "throttle" }, { kind: "throttle" });
    await failureOf(runtimeClient(simulator, { region: "ap-southeast-1" }).send(converse()));
    expect(clock.delays).toEqual([]);
    await failureOf(runtimeClient(simulator, { region: "ap-northeast-1" }).send(converse()));
    expect(clock.delays).toHaveLength(1);
    expect(clock.delays[0]).toBeGreaterThan(50);
    expect(clock.delays[0]).toBeLessThan(90);
    await simulator.close();
  });
});
