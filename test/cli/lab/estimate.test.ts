import { expect, it } from "vitest";
import { estimate, usdOf } from "../../../src/cli/lab/estimate.ts";
import { labRoutes } from "../../../src/cli/lab/lab-routes.ts";
import { DEFAULT_LAB_OPTIONS } from "../../../src/cli/lab/options.ts";
import { schedule } from "../../../src/cli/lab/schedule.ts";
import { bundledCatalog } from "../../../src/profiles/bundled-catalog.ts";
import { labCells } from "../../../src/profiles/lab.ts";
import { priceOf } from "../../../src/profiles/price-table.ts";

it("estimates the latency lab from its own medians and the price table, answers as long as allowed", () => {
  const { routes } = labRoutes(DEFAULT_LAB_OPTIONS, bundledCatalog());
  const { calls, durationMs, usd, unpriced } = estimate(schedule(routes.length, 30, 0), routes, DEFAULT_LAB_OPTIONS);
  expect(calls).toBe(630);
  expect(durationMs).toBe(30 * labCells().reduce((sum, { totalP50Ms }) => sum + totalP50Ms + 500, 0));
  // The lab's page gives less than $3.50 for its calls; 330 of them are Claude's, at $15 a million output tokens.
  expect(usd).toBeGreaterThan(330 * 200 * 15e-6);
  expect(usd).toBeLessThan(3.5);
  const known = (model: string): boolean =>
    routes.every((route) => route.model !== model || priceOf(model, route) !== undefined);
  expect(unpriced).toEqual(DEFAULT_LAB_OPTIONS.models.filter((model) => !known(model)));
});

it("names the models whose price is not known instead of counting them as free", () => {
  const [route] = labRoutes(DEFAULT_LAB_OPTIONS, bundledCatalog()).routes;
  const unknown = { ...route!, model: "example.unknown-model" };
  expect(estimate([{ cell: 0, round: 1 }], [unknown], DEFAULT_LAB_OPTIONS)).toMatchObject({
    usd: 0,
    unpriced: ["example.unknown-model"],
    pricesAsOf: undefined,
  });
});

it("counts tokens by the million", () => {
  expect(usdOf({ usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 15 }, 1_000_000, 200_000)).toBe(6);
});
