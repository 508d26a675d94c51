import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bucketMs,
  bucketOf,
  cooldownText,
  countField,
  fieldName,
  fleetKeys,
  readCooldown,
  readCounts,
  readTime,
  sampleField,
  strikeField,
} from "../../../src/health/fleet/fleet-codec.ts";

const ROUTE = fieldName("test", "eu-central-1|eu.anthropic.claude-sonnet-4-6", 6);
const OTHER = fieldName("test", "eu-central-1|global.anthropic.claude-sonnet-4-6", 6);
const SLICE = fieldName("test", "chat stream", 5);
const NOW = 1_764_360_000_000;

describe("the fields of a fleet", () => {
  it("read as what was written, for the routes that are asked for", () => {
    const written: Record<string, string> = {};
    for (const route of [ROUTE, OTHER]) {
      written[countField(route, "answered", 1)] = "3";
      written[sampleField(route, SLICE, "wait", 2_000)] = "4";
      written[strikeField(route)] = "5";
    }
    expect([...readCounts(written, new Set([ROUTE])).values()]).toEqual([
      [{ route: ROUTE, kind: "answered", half: 1 }, 3],
      [{ route: ROUTE, kind: "wait", slice: SLICE, bucket: bucketOf(2_000) }, 4],
      [{ route: ROUTE, kind: "strike" }, 5],
    ]);
  });

  it("tell times to 5 %, whatever they are", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 600_000, noNaN: true }), (ms) => {
        expect(Math.abs(Math.log(bucketMs(bucketOf(ms)) / ms))).toBeLessThan(0.0251);
      }),
    );
    expect([bucketOf(0), bucketOf(-5), bucketOf(1e12)]).toEqual([0, 0, bucketOf(600_000)]);
  });

  it("are made of nothing that a store can hold but this library's own", () => {
    const known = new Set([ROUTE]);
    const field = fc.oneof(
      fc.string().map((rest) => `${ROUTE}${rest}`),
      fc.constantFrom("+0", "?1", "x", `${SLICE}t266`, `${SLICE}t267`, `${SLICE}k999`).map((rest) => `${ROUTE}${rest}`),
      fc.string(),
    );
    const value = fc.oneof(fc.nat().map(String), fc.string(), fc.constant("9".repeat(300)), fc.constant("-1"));
    fc.assert(
      fc.property(fc.dictionary(field, value), (hash) => {
        for (const [name, [{ route }, count]] of readCounts(hash, known)) {
          expect(hash[name]).toBe(String(count));
          expect(route).toBe(ROUTE);
          expect(count).toBeLessThanOrEqual(1_000_000);
        }
      }),
    );
  });

  it("are not looked at when there are too many", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${ROUTE}${SLICE}t${index}`, "1"]));
    expect(readCounts(many, new Set([ROUTE])).size).toBe(0);
  });

  it("name no route, workload or account", () => {
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/chat";
    const keys = fleetKeys("acct", arn);
    const texts = [keys.facts, keys.counts(1), fieldName("acct", arn, 6), sampleField(ROUTE, SLICE, "answer", 5)];
    expect(texts.join(" ")).not.toMatch(/arn|1111|profile|chat|eu-central/);
    expect(fleetKeys("acct", "anthropic.claude-sonnet-4-6").facts).toBe("brc1:{acct/anthropic.claude-sonnet-4-6}:f");
    expect(fieldName("acct", arn, 6)).not.toBe(fieldName("other", arn, 6));
  });
});

describe("a cooldown", () => {
  const text = cooldownText(NOW, { forMs: 10_000, times: 2, family: "service-unavailable" });

  it("reads as it was written, with its end and not its length", () => {
    const cooldown = { atMs: NOW, untilMs: NOW + 10_000, times: 2, family: "service-unavailable" };
    expect(readCooldown(text, NOW + 3_000)).toEqual(cooldown);
  });

  it("is believed for a minute at most, whatever is written", () => {
    const day = cooldownText(NOW, { forMs: 86_400_000, times: 9, family: "timeout" });
    expect(readCooldown(day, NOW)?.untilMs).toBe(NOW + 60_000);
  });

  it.each([
    ["of the future", cooldownText(NOW + 6_000, { forMs: 10_000, times: 1, family: "timeout" })],
    ["of a family that nobody knows", cooldownText(NOW, { forMs: 10_000, times: 1, family: "constructor" })],
    ["of a quota", cooldownText(NOW, { forMs: 10_000, times: 1, family: "tokens-per-minute" })],
    ["of an invalid route", cooldownText(NOW, { forMs: 10_000, times: 1, family: "model-identifier-invalid" })],
    ["that ends before it begins", cooldownText(NOW, { forMs: -10_000, times: 1, family: "timeout" })],
    ["of nonsense", "1,2"],
    ["of numbers of 300 digits", `${"9".repeat(300)},${"9".repeat(301)},1,timeout`],
  ])("is none when it is one %s", (_, wrong) => {
    expect(readCooldown(wrong, NOW)).toBeUndefined();
  });

  it("never breaks on what stands there instead", () => {
    fc.assert(fc.property(fc.string(), (wrong) => void [readCooldown(wrong, NOW), readTime(wrong, NOW)]));
  });
});
