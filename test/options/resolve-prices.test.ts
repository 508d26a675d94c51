import { describe, expect, it } from "vitest";
import { resolvePrices } from "../../src/options/resolve-by-model.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const at = `routing.prices["${CLAUDE}"]`;
const resolve = (value: unknown): unknown => resolvePrices(value, "routing.prices");
const rates = { input: 3, output: 15 };

describe("the caller's own prices", () => {
  it("are kept, frozen, under the names of a token price", () => {
    const prices = resolvePrices(
      {
        [CLAUDE]: [
          { usdPerMillionTokens: rates },
          {
            kind: "global",
            sourceRegions: ["eu-central-1"],
            usdPerMillionTokens: { ...rates, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 },
          },
        ],
      },
      "routing.prices",
    );
    const base = { usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 15, source: "routing.prices" };
    expect(prices[CLAUDE]).toEqual([
      { price: base },
      {
        kind: "global",
        sourceRegions: ["eu-central-1"],
        price: {
          ...base,
          usdPerMillionCacheReadTokens: 0.3,
          usdPerMillionCacheWriteTokens: 3.75,
          usdPerMillionCacheWrite1hTokens: 6,
        },
      },
    ]);
    const [first] = prices[CLAUDE] ?? [];
    expect([prices, prices[CLAUDE], first, first?.price].every((value) => Object.isFrozen(value))).toBe(true);
  });

  it.each<[unknown, string]>([
    [[], "routing.prices must be an object from foundation-model id to a list of prices, got an empty array"],
    [{ [`eu.${CLAUDE}`]: [] }, `did you mean "${CLAUDE}"?`],
    [{ [CLAUDE]: rates }, `${at} must be an array of { usdPerMillionTokens }, got an object with keys`],
    [{ [CLAUDE]: [3] }, `${at}[0] must be an object with usdPerMillionTokens, got 3`],
    [{ [CLAUDE]: [{}] }, `${at}[0].usdPerMillionTokens must be an object with input and output, got undefined`],
    [
      { [CLAUDE]: [{ usdPerMillionToken: rates }] },
      `${at}[0].usdPerMillionToken is not an option: did you mean usdPerMillionTokens?`,
    ],
    [
      { [CLAUDE]: [{ kind: "provisioned", usdPerMillionTokens: rates }] },
      `${at}[0].kind must be "in-region", "geographic", "global" or "application", got "provisioned"`,
    ],
    [
      { [CLAUDE]: [{ sourceRegions: [], usdPerMillionTokens: rates }] },
      `${at}[0].sourceRegions must be a non-empty array of AWS Regions, got an empty array`,
    ],
    [{ [CLAUDE]: [{ sourceRegions: ["Frankfurt"], usdPerMillionTokens: rates }] }, `${at}[0].sourceRegions[0] must be`],
    [
      { [CLAUDE]: [{ usdPerMillionTokens: { input: 3 } }] },
      `${at}[0].usdPerMillionTokens.output must be a positive number of US dollars per million tokens, got undefined`,
    ],
    [{ [CLAUDE]: [{ usdPerMillionTokens: { ...rates, input: 0 } }] }, ".input must be a positive number"],
    [{ [CLAUDE]: [{ usdPerMillionTokens: { ...rates, input: Number.NaN } }] }, ".input must be a positive number"],
    [
      { [CLAUDE]: [{ usdPerMillionTokens: { ...rates, cacheRead: "0.3" } }] },
      '.cacheRead must be a positive number of US dollars per million tokens, got "0.3"',
    ],
    [{ [CLAUDE]: [{ usdPerMillionTokens: { ...rates, cached: 1 } }] }, ".usdPerMillionTokens.cached is not an option"],
  ])("are refused when they are %j", (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
