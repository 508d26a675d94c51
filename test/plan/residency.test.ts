import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Residency } from "../../src/plan/residency.ts";
import { narrowResidency, residencyViolations, resolveResidency } from "../../src/plan/residency.ts";
import { knownGeographies } from "../../src/profiles/geography.ts";
import { knownCountries, knownRegions } from "../../src/profiles/regions.ts";

describe("resolveResidency", () => {
  it.each([
    ["eu-central-1", "eu", "eu-west-2", "il-central-1"],
    ["ap-northeast-1", "jp", "ap-northeast-3", "ap-northeast-2"],
    ["ap-southeast-2", "au", "ap-southeast-4", "ap-southeast-1"],
    ["ap-southeast-1", "apac", "ap-northeast-1", "us-west-2"],
    ["ca-central-1", "ca", "ca-west-1", "us-east-1"],
    ["us-east-1", "us", "us-west-1", "ca-central-1"],
    ["us-gov-west-1", "us-gov", "us-gov-east-1", "us-east-1"],
    ["sa-east-1", "sa", "sa-west-1", "us-east-1"],
  ])("takes the narrowest geography of %s for home: %s holds %s, not %s", (home, geography, inside, outside) => {
    const residency = resolveResidency("home", home);
    expect(residency.label).toBe(`home (${geography})`);
    expect(residency.regions).toContain(home);
    expect(residency.regions).toContain(inside);
    expect(residency.regions).not.toContain(outside);
  });

  it("counts a home Region newer than the Region table as home", () => {
    expect(resolveResidency("home", "eu-north-9").regions).toEqual([...eu(), "eu-north-9"].sort());
    expect(resolveResidency("home", "kr-central-1").regions).toEqual(["kr-central-1"]);
  });

  it("allows everything for any", () => {
    expect(resolveResidency("any", "eu-central-1")).toEqual({ label: "any", regions: "any" });
  });

  it("joins geographies, whatever their order and overlap", () => {
    expect(resolveResidency(["jp", "apac"], "us-east-1").regions).toEqual(resolveResidency("apac", "x").regions);
    expect(resolveResidency(["us", "ca"], "us-east-1")).toMatchObject({ label: "us, ca" });
  });

  it("finds the Regions of a country", () => {
    expect(resolveResidency({ countries: ["GB"] }, "eu-west-2")).toEqual({
      label: "countries GB",
      regions: ["eu-west-2"],
    });
    expect(resolveResidency({ countries: ["CH", "IL"] }, "x").regions).toEqual(["eu-central-2", "il-central-1"]);
    expect(resolveResidency({ countries: ["US"] }, "x").regions).toEqual([
      "us-east-1",
      "us-east-2",
      "us-gov-east-1",
      "us-gov-west-1",
      "us-west-1",
      "us-west-2",
    ]);
  });

  it("takes Regions as they are named, once each", () => {
    expect(resolveResidency({ regions: ["eu-west-1", "eu-central-1", "eu-west-1"] }, "x")).toEqual({
      label: "Regions eu-west-1, eu-central-1, eu-west-1",
      regions: ["eu-central-1", "eu-west-1"],
    });
  });

  it("is frozen", () => {
    const residency = resolveResidency("eu", "eu-central-1");
    expect(Object.isFrozen(residency) && Object.isFrozen(residency.regions)).toBe(true);
  });
});

describe("residencyViolations", () => {
  it("names every destination Region outside", () => {
    const residency = resolveResidency("us", "ca-central-1");
    expect(residencyViolations(["us-east-1", "ca-central-1", "mx-central-1"], residency)).toEqual([
      "ca-central-1",
      "mx-central-1",
    ]);
  });

  it("is empty when every destination Region is inside", () => {
    expect(residencyViolations(["us-east-1", "us-west-2"], resolveResidency("us", "us-east-1"))).toEqual([]);
  });

  it("lets any be met by everything", () => {
    const any = resolveResidency("any", "us-east-1");
    expect([["*"], ["unknown"], [], ["eu-west-1"]].map((regions) => residencyViolations(regions, any))).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it("fails closed for a global profile, undocumented destinations and none at all", () => {
    const everywhere = resolveResidency({ regions: knownRegions() }, "us-east-1");
    expect(residencyViolations(["*"], everywhere)).toEqual(["*"]);
    expect(residencyViolations(["unknown"], everywhere)).toEqual(["unknown"]);
    expect(residencyViolations(["us-east-1", "unknown"], everywhere)).toEqual(["unknown"]);
    expect(residencyViolations([], everywhere)).toEqual(["unknown"]);
  });

  it("fails closed even when the set of Regions holds what is no Region", () => {
    for (const region of ["*", "unknown"]) {
      expect(residencyViolations([region], resolveResidency("home", region))).toEqual([region]);
    }
  });
});

describe("narrowResidency", () => {
  const residencies: fc.Arbitrary<Residency> = fc.oneof(
    fc.constantFrom<Residency>("any", "home"),
    fc.constantFrom(...knownGeographies()),
    fc.subarray([...knownGeographies()], { minLength: 1 }),
    fc.subarray([...knownRegions()], { minLength: 1 }).map((regions) => ({ regions })),
    fc.subarray([...knownCountries()], { minLength: 1 }).map((countries) => ({ countries })),
  );
  const destinations = fc.oneof(
    { weight: 4, arbitrary: fc.subarray([...knownRegions()], { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(["*"], ["unknown"], []) },
  );

  it("allows what both residencies allow, and nothing else", () => {
    fc.assert(
      fc.property(
        residencies,
        residencies,
        fc.constantFrom(...knownRegions()),
        destinations,
        (client, request, home, regions) => {
          const one = resolveResidency(client, home);
          const other = resolveResidency(request, home);
          const allowed = (residency: typeof one): boolean => residencyViolations(regions, residency).length === 0;
          expect(allowed(narrowResidency(one, other))).toBe(allowed(one) && allowed(other));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("keeps both labels, so that a rejection can be understood", () => {
    const narrowed = narrowResidency(
      resolveResidency("eu", "eu-west-1"),
      resolveResidency({ countries: ["IE"] }, "eu-west-1"),
    );
    expect(narrowed).toEqual({ label: "eu and countries IE", regions: ["eu-west-1"] });
  });

  it("leaves the residency of the client as it is when the request adds none", () => {
    const client = resolveResidency("eu", "eu-west-1");
    expect(narrowResidency(client, resolveResidency("any", "eu-west-1"))).toBe(client);
    expect(narrowResidency(resolveResidency("any", "eu-west-1"), client)).toBe(client);
  });

  it("allows nothing when the two have no Region in common", () => {
    expect(narrowResidency(resolveResidency("eu", "x"), resolveResidency("us", "x")).regions).toEqual([]);
  });
});

function eu(): readonly string[] {
  return knownRegions().filter((region) => region.startsWith("eu-"));
}
