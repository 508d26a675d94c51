import { describe, expect, it } from "vitest";
import { resolveCatalog } from "../../src/options/resolve-catalog.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";

const HOUR_MS = 3_600_000;

describe("resolveCatalog", () => {
  it("lists nothing unless asked to", () => {
    expect(resolveCatalog("bundled", "catalog").live.listing).toBe(false);
    const own = { ...bundledCatalog(), name: "mine" };
    const resolved = resolveCatalog(own, "catalog");
    expect(resolved.live.listing).toBe(false);
    expect(resolved.catalog()).toBe(own);
  });

  it("lists with defaults, or as told", () => {
    const defaults = { auto: false, listing: true, refreshMs: HOUR_MS, firstWaitMs: 1_000, endpoints: {} };
    expect(resolveCatalog("live", "catalog").live).toEqual(defaults);
    expect(resolveCatalog({ live: {} }, "catalog").live).toEqual(defaults);
    const live = { refreshMs: 60_000, firstWaitMs: 0, endpoints: { "eu-west-1": "https://vpce.example" } };
    const resolved = resolveCatalog({ live }, "catalog");
    expect(resolved.live).toEqual({ auto: false, listing: true, ...live });
    expect(resolved.catalog).toBe(bundledCatalog);
  });

  it.each([
    [
      "live!",
      'catalog must be "auto", "bundled", "live", { live: … } or a Catalog, got "live!" (did you mean "live"?)',
    ],
    [null, 'catalog must be "auto", "bundled", "live", { live: … } or a Catalog, got null'],
    [{}, "catalog.profilesOf must be a function of the Catalog interface, got undefined"],
    [{ live: true }, "catalog.live must be an object with refreshMs, firstWaitMs or endpoints, got true"],
    [{ live: {}, name: "x" }, "catalog.name is not an option; catalog takes live"],
    [{ live: { refreshMS: 60_000 } }, "catalog.live.refreshMS is not an option: did you mean refreshMs?"],
    [
      { live: { refreshMs: 5 } },
      "catalog.live.refreshMs must be a number of milliseconds from 60000 to 86400000, got 5",
    ],
    [
      { live: { refreshMs: Number.NaN } },
      "catalog.live.refreshMs must be a number of milliseconds from 60000 to 86400000, got NaN",
    ],
    [
      { live: { firstWaitMs: -1 } },
      "catalog.live.firstWaitMs must be a number of milliseconds from 0 to 10000, got -1",
    ],
    [
      { live: { firstWaitMs: "1s" } },
      'catalog.live.firstWaitMs must be a number of milliseconds from 0 to 10000, got "1s"',
    ],
    [
      { live: { endpoints: { "eu-west-1": "x" } } },
      'catalog.live.endpoints.eu-west-1 must be an http or https URL, got "x"',
    ],
  ])("refuses %j", (value, message) => {
    expect(() => resolveCatalog(value, "catalog")).toThrow(message);
  });
});
