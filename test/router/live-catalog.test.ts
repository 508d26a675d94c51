import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { ListedApplicationProfile, RegionListing } from "../../src/profiles/region-listing.ts";
import type { AskedControlPlane, ListedRegion } from "../../src/router/asked-control-plane.ts";
import type { CatalogProblem } from "../../src/router/catalog-problem.ts";
import { LiveCatalog, type LiveCatalogSettings } from "../../src/router/live-catalog.ts";
import type { CatalogEvent } from "../../src/types/events.ts";
import { listingOf } from "../support/listings.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const HOME = "eu-central-1";
const HOUR_MS = 3_600_000;
const APP = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/chat";
const DENIED: CatalogProblem = { operation: "ListInferenceProfiles", reason: "denied", detail: "no" };

describe("the first request", () => {
  it("waits for the first answer and then goes by it", async () => {
    const { live, plane, clock } = setUp();
    plane.takesMs = 400;
    const ready = live.ready(HOME);
    expect(live.catalog).toBe(bundledCatalog());
    await clock.finish(ready!);
    expect(clock.now()).toBe(400);
    expect(live.catalog.name).toBe("live eu-central-1 2026-01-01T00:00Z, else bundled");
    expect(live.ready(HOME)).toBeUndefined();
  });

  it("waits a second at most, and goes by the bundled table", async () => {
    const { live, plane, clock } = setUp();
    plane.takesMs = 3_000;
    await clock.finish(live.ready(HOME)!);
    expect(clock.now()).toBe(1_000);
    expect(live.catalog).toBe(bundledCatalog());
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(2_000);
    expect(live.catalog.name).toContain("live eu-central-1");
  });

  it("shares its wait with those beside it, and leaves no timer behind", async () => {
    const { live, plane, clock } = setUp();
    plane.takesMs = 400;
    expect(live.ready(HOME)).toBe(live.ready(HOME));
    await clock.finish(live.ready(HOME)!);
    expect(plane.asked).toEqual([HOME]);
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });

  it("waits for every source Region, each asked once", async () => {
    const { live, plane, clock } = setUp({ sourceRegions: ["eu-west-1", HOME] });
    await clock.finish(live.ready(HOME)!);
    expect(plane.asked).toEqual([HOME, "eu-west-1"]);
  });

  it("waits again when the home Region turns out to be another one", async () => {
    const { live, plane, clock } = setUp();
    await clock.finish(live.ready(HOME)!);
    await clock.finish(live.ready("us-east-1")!);
    expect(plane.asked).toEqual([HOME, "us-east-1"]);
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(0);
    expect(plane.asked).toEqual([HOME, "us-east-1"]);
  });
});

describe("an answer that has grown old", () => {
  it("is used while it is asked for again, and never waited for", async () => {
    const { live, plane, clock } = setUp();
    await clock.finish(live.ready(HOME)!);
    plane.listing = { ...listingOf(bundledCatalog(), HOME), profiles: [] };
    plane.takesMs = 5_000;
    await clock.advance(HOUR_MS - 1);
    expect(live.ready(HOME)).toBeUndefined();
    expect(plane.asked).toHaveLength(1);
    await clock.advance(2);
    const before = live.catalog;
    for (let request = 0; request < 3; request += 1) {
      expect(live.ready(HOME)).toBeUndefined();
      await clock.advance(1_500);
    }
    expect(plane.asked).toHaveLength(2);
    expect(live.catalog).toBe(before);
    await clock.advance(1_000);
    expect(live.catalog).not.toBe(before);
    expect(live.catalog.profile(`eu.${SONNET}`)?.destinations).not.toHaveProperty(HOME);
  });

  it("is asked for again at a time that chance spreads by a tenth", async () => {
    for (const [draw, expectedMs] of [
      [0, 0.9 * HOUR_MS],
      [0.999_999, 1.1 * HOUR_MS],
    ] as const) {
      const { live, plane, clock } = setUp({}, () => draw);
      await clock.finish(live.ready(HOME)!);
      await clock.advance(expectedMs - 1_000);
      live.ready(HOME);
      await clock.advance(2_000);
      expect(plane.asked).toHaveLength(1);
      live.ready(HOME);
      await clock.advance(0);
      expect(plane.asked).toHaveLength(2);
    }
  });

  it("costs nothing when nobody asks: there is no timer", async () => {
    const { live, plane, clock } = setUp();
    await clock.finish(live.ready(HOME)!);
    await clock.advance(10 * HOUR_MS);
    expect(plane.asked).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  it("leaves the table the same object while nothing changes, and tells when it was confirmed", async () => {
    const { live, clock, events } = setUp();
    await clock.finish(live.ready(HOME)!);
    const first = live.catalog;
    await clock.advance(2 * HOUR_MS);
    live.ready(HOME);
    await clock.advance(0);
    expect(live.catalog).toBe(first);
    expect(live.catalog.name).toBe("live eu-central-1 2026-01-01T02:00Z, else bundled");
    expect(events.map(({ outcome, changed }) => [outcome, changed])).toEqual([
      ["refreshed", true],
      ["refreshed", false],
    ]);
  });
});

describe("a control plane that does not answer", () => {
  it("leaves the bundled table, says so, and is asked again after five minutes", async () => {
    const { live, plane, clock, events } = setUp();
    plane.problems = [DENIED];
    plane.listing = undefined;
    await clock.finish(live.ready(HOME)!);
    expect(live.catalog).toBe(bundledCatalog());
    expect(events).toEqual([{ outcome: "failed", sourceRegion: HOME, ...DENIED }]);
    for (let minute = 0; minute < 5; minute += 1) {
      expect(live.ready(HOME)).toBeUndefined();
      expect(plane.asked).toHaveLength(1);
      await clock.advance(60_001);
    }
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(0);
    expect(plane.asked).toHaveLength(2);
  });

  it("takes away nothing that was known", async () => {
    const { live, plane, clock } = setUp();
    await clock.finish(live.ready(HOME)!);
    const known = live.catalog;
    plane.problems = [DENIED];
    plane.listing = undefined;
    await clock.advance(2 * HOUR_MS);
    live.ready(HOME);
    await clock.advance(0);
    expect(plane.asked).toHaveLength(2);
    expect(live.catalog).toBe(known);
  });

  it("may answer one part: the others stand as they were", async () => {
    const { live, plane, clock } = setUp();
    await clock.finish(live.ready(HOME)!);
    const { profiles: _, ...rest } = listingOf(bundledCatalog(), HOME);
    plane.listing = { ...rest, inRegionModels: [SONNET] };
    plane.problems = [DENIED];
    await clock.advance(2 * HOUR_MS);
    live.ready(HOME);
    await clock.advance(0);
    expect(live.catalog.inRegionRegions(SONNET)).toContain(HOME);
    expect(live.catalog.profile(`eu.${SONNET}`)?.destinations).toHaveProperty(HOME);
    await clock.advance(300_001);
    live.ready(HOME);
    await clock.advance(0);
    expect(plane.asked).toHaveLength(3);
  });

  it("is given up after ten seconds", async () => {
    const { live, plane, clock } = setUp();
    plane.takesMs = Number.POSITIVE_INFINITY;
    await clock.finish(live.ready(HOME)!);
    await clock.advance(8_999);
    expect(plane.aborted).toBe(0);
    await clock.advance(1);
    expect(plane.aborted).toBe(1);
    expect(clock.waiting).toBe(0);
  });
});

describe("application profiles of the caller", () => {
  const facts: ListedApplicationProfile = { arn: APP, model: SONNET, destinationRegions: ["eu-west-1"] };

  it("are looked up once, although nothing is listed", async () => {
    const { live, plane, clock } = setUp({ listing: false, arns: [APP] });
    plane.profiles.set(APP, facts);
    await clock.finish(live.ready(HOME)!);
    expect(live.catalog.applicationProfile?.(APP)).toEqual(facts);
    expect(live.catalog.name).toBe("bundled");
    await clock.advance(100 * HOUR_MS);
    live.ready(HOME);
    expect(plane.asked).toEqual([APP]);
  });

  it("are not looked up in a Region that is not called, nor when the caller's table knows them", async () => {
    const { live, plane } = setUp({ listing: false, arns: [APP] });
    expect(live.ready("us-east-1")).toBeUndefined();
    const own = { ...bundledCatalog(), applicationProfile: () => facts };
    const knowing = setUp({ listing: false, arns: [APP], base: () => own });
    expect(knowing.live.ready(HOME)).toBeUndefined();
    expect([...plane.asked, ...knowing.plane.asked]).toEqual([]);
  });

  it("are forgotten when they are gone, and kept when they are merely out of sight", async () => {
    const { live, plane, clock } = setUp({ arns: [APP] });
    plane.profiles.set(APP, facts);
    await clock.finish(live.ready(HOME)!);
    for (const [reason, known] of [
      ["denied", facts],
      ["not-found", undefined],
    ] as const) {
      plane.profiles.set(APP, { operation: "GetInferenceProfile", reason, detail: "no" });
      await clock.advance(2 * HOUR_MS);
      live.ready(HOME);
      await clock.advance(0);
      expect(live.catalog.applicationProfile?.(APP)).toEqual(known);
    }
  });
});

describe("a client that was destroyed", () => {
  it("asks no more, and keeps what is known", async () => {
    const { live, plane, clock, events } = setUp();
    await clock.finish(live.ready(HOME)!);
    const known = live.catalog;
    plane.takesMs = 2_000;
    plane.listing = { ...listingOf(bundledCatalog(), HOME), profiles: [] };
    await clock.advance(2 * HOUR_MS);
    live.ready(HOME);
    await nextTurn();
    live.close();
    await clock.advance(5 * HOUR_MS);
    expect(live.ready(HOME)).toBeUndefined();
    expect(plane).toMatchObject({ closed: 1, aborted: 1 });
    expect(live.catalog).toBe(known);
    expect(events).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  it("does not keep its first request waiting", async () => {
    const { live, plane, clock } = setUp();
    plane.takesMs = 5_000;
    const ready = live.ready(HOME)!;
    await nextTurn();
    live.close();
    await ready;
    expect(clock.now()).toBe(0);
  });
});

describe("what is missing", () => {
  const NEXT = { id: "eu.acme.next-1", model: "acme.next-1", destinationRegions: ["eu-west-1"] };
  const MINUTE_MS = 60_000;
  const knows = ({ live }: ReturnType<typeof setUp>): boolean => live.catalog.profile(NEXT.id) !== undefined;
  const announce = ({ plane }: ReturnType<typeof setUp>): void => {
    const listing = listingOf(bundledCatalog(), HOME);
    plane.listing = { ...listing, profiles: [...(listing.profiles ?? []), NEXT] };
  };

  it("is asked for when nobody has asked for listings, and no request waits", async () => {
    const stage = setUp({ listing: false, auto: true, sourceRegions: ["eu-west-1"] });
    const { live, plane, clock } = stage;
    announce(stage);
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(10 * HOUR_MS);
    expect(plane.asked).toEqual([]);
    live.missed(NEXT.model, HOME);
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(0);
    expect(plane.asked).toEqual([HOME, "eu-west-1"]);
    expect(knows(stage)).toBe(true);
  });

  it.each([
    ["auto", { listing: false, auto: true }],
    ["live", {}],
  ])("is known within a minute after it appeared, with %s", async (_, settings) => {
    const stage = setUp(settings);
    const { live, plane, clock } = stage;
    const ready = live.ready(HOME);
    if (ready !== undefined) await clock.finish(ready);
    live.missed(NEXT.model, HOME);
    await clock.advance(1_000);
    const asked = plane.asked.length;
    announce(stage);
    for (let second = 0; second < 59; second += 1) {
      live.missed(NEXT.model, HOME);
      await clock.advance(999);
    }
    expect(plane.asked).toHaveLength(asked);
    await clock.advance(100);
    live.missed(NEXT.model, HOME);
    await clock.advance(0);
    expect(knows(stage)).toBe(true);
  });

  it("is asked for at most once a minute, whatever is missing, and seldom if it stays missing", async () => {
    const { live, plane, clock } = setUp({ listing: false, auto: true });
    for (let second = 0; second < 60; second += 1) {
      live.missed(`acme.model-${second}`, HOME);
      await clock.advance(999);
    }
    expect(plane.asked).toHaveLength(1);
    await clock.advance(MINUTE_MS);
    let before = plane.asked.length;
    for (let minute = 0; minute < 60; minute += 1) {
      live.missed("acme.misspelt-1", HOME);
      await clock.advance(MINUTE_MS);
    }
    // At 0, 1, 2, 3, 5, 9 and 17 minutes, then every 16.
    expect(plane.asked.length - before).toBe(9);
    before = plane.asked.length;
    live.missed(NEXT.model, HOME);
    await clock.advance(0);
    expect(plane.asked.length - before).toBe(1);
  });

  it("is kept fresh from then on, in the background", async () => {
    const { live, plane, clock } = setUp({ listing: false, auto: true });
    live.missed(NEXT.model, HOME);
    await clock.advance(2 * HOUR_MS);
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(0);
    expect(plane.asked).toHaveLength(2);
  });

  it("is told once if AWS may not be asked, and asked for again every five minutes at most", async () => {
    const { live, plane, clock, events } = setUp({ listing: false, auto: true });
    plane.problems = [DENIED];
    plane.listing = undefined;
    for (let minute = 0; minute < 30; minute += 1) {
      live.missed(`acme.model-${minute}`, HOME);
      await clock.advance(MINUTE_MS);
    }
    expect(events).toEqual([{ outcome: "failed", sourceRegion: HOME, ...DENIED }]);
    expect(plane.asked).toHaveLength(6);
    expect(live.catalog).toBe(bundledCatalog());
  });

  it("is not asked for with the bundled table, nor after the client was destroyed", async () => {
    const { live, plane, clock } = setUp({ listing: false });
    live.missed(NEXT.model, HOME);
    const destroyed = setUp({ listing: false, auto: true });
    destroyed.live.close();
    destroyed.live.missed(NEXT.model, HOME);
    await clock.advance(0);
    expect([...plane.asked, ...destroyed.plane.asked]).toEqual([]);
  });
});

describe("a table that has grown old", () => {
  const aged = (weeks: number, clock = new VirtualClock()) => ({
    ...bundledCatalog(),
    asOf: new Date(clock.wallNow() - weeks * 7 * 24 * HOUR_MS).toISOString().slice(0, 10),
  });

  it("is asked about from the first request on, and no request waits", async () => {
    const table = aged(9);
    const { live, plane, clock } = setUp({ listing: false, auto: true, base: () => table });
    expect(live.ready(HOME)).toBeUndefined();
    await clock.advance(0);
    expect(plane.asked).toEqual([HOME]);
    expect(live.catalog.name).toContain("live eu-central-1");
  });

  it("may grow old while the process runs", async () => {
    const table = aged(7);
    const { live, plane, clock } = setUp({ listing: false, auto: true, base: () => table });
    live.ready(HOME);
    await clock.advance(6 * 24 * HOUR_MS);
    live.ready(HOME);
    await clock.advance(0);
    expect(plane.asked).toEqual([]);
    await clock.advance(2 * 24 * HOUR_MS);
    live.ready(HOME);
    await clock.advance(0);
    expect(plane.asked).toEqual([HOME]);
  });

  it("is nobody's business when the caller has chosen it", async () => {
    const table = aged(100);
    const { live, plane, clock } = setUp({ listing: false, base: () => table });
    live.ready(HOME);
    await clock.advance(0);
    expect(plane.asked).toEqual([]);
  });
});

class ScriptedPlane implements AskedControlPlane {
  readonly asked: string[] = [];
  readonly profiles = new Map<string, ListedApplicationProfile | CatalogProblem>();
  listing: RegionListing | undefined = listingOf(bundledCatalog(), HOME);
  problems: readonly CatalogProblem[] = [];
  takesMs = 0;
  aborted = 0;
  closed = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async listRegion(region: string, signal: AbortSignal): Promise<ListedRegion> {
    this.asked.push(region);
    await this.#take(signal);
    if (signal.aborted) return { parts: {}, problems: [{ ...DENIED, reason: "timeout" }] };
    const { sourceRegion: _, asOf: __, ...parts } = this.listing ?? { sourceRegion: "", asOf: "" };
    return { parts, problems: this.problems };
  }

  async getProfile(arn: string): Promise<ListedApplicationProfile | CatalogProblem> {
    this.asked.push(arn);
    return this.profiles.get(arn) ?? { operation: "GetInferenceProfile", reason: "not-found", detail: "no" };
  }

  async getGuardrail(): Promise<CatalogProblem> {
    return { operation: "GetGuardrail", reason: "not-found", detail: "no" };
  }

  close(): void {
    this.closed += 1;
  }

  async #take(signal: AbortSignal): Promise<void> {
    if (this.takesMs === 0) return;
    await this.#clock.delay(this.takesMs, signal).catch(() => {
      this.aborted += 1;
    });
  }
}

function setUp(settings: Partial<LiveCatalogSettings> = {}, random = () => 0.5) {
  const clock = new VirtualClock();
  const events: CatalogEvent[] = [];
  const live = new LiveCatalog(
    {
      base: bundledCatalog,
      listing: true,
      auto: false,
      arns: [],
      sourceRegions: [],
      refreshMs: HOUR_MS,
      firstWaitMs: 1_000,
      ...settings,
    },
    { clock, random, emit: (_name, event) => events.push(event() as CatalogEvent) },
  );
  const plane = new ScriptedPlane(clock);
  live.connect(async () => plane);
  return { live, plane, clock, events };
}
