import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grant } from "../../../src/cli/access/grant.ts";
import { mergeGrants } from "../../../src/cli/access/merge-grants.ts";

const grant = (resources: readonly string[], throughProfiles: readonly string[], unspecifiedRegion = false): Grant => ({
  name: "InvokeModelsThroughProfiles",
  resources,
  throughProfiles,
  unspecifiedRegion,
});
const names = (letters: string): fc.Arbitrary<string[]> => fc.subarray([...letters], { minLength: 1 });
const grants = fc.array(
  fc.record<Grant>({
    name: fc.constantFrom("Invoke", "InvokeModelsThroughProfiles"),
    resources: names("ABC"),
    throughProfiles: fc.oneof(fc.constant([]), names("pq")),
    unspecifiedRegion: fc.boolean(),
  }),
);

describe("merged grants", () => {
  it("allow exactly what the single ones allow", () => {
    fc.assert(
      fc.property(grants, (given) => {
        expect(allowed(mergeGrants(given))).toEqual(allowed(given));
      }),
    );
  });

  it("are never more than the single ones, and merging them again changes nothing of what they allow", () => {
    fc.assert(
      fc.property(grants, (given) => {
        const merged = mergeGrants(given);
        expect(merged.length).toBeLessThanOrEqual(given.length);
        expect(allowed(mergeGrants(merged))).toEqual(allowed(given));
      }),
    );
  });

  it("join resources on the same condition, then profiles that open the same resources", () => {
    expect(mergeGrants([grant(["A"], ["p"]), grant(["B"], ["p"]), grant(["B", "A"], ["q"])])).toEqual([
      grant(["A", "B"], ["p", "q"]),
    ]);
  });

  it("stay apart where joining would open a resource to another profile or Region", () => {
    const apart = [grant(["A"], ["p"]), grant(["B"], ["q"]), grant(["A"], ["p"], true), grant(["C"], [])];
    expect(mergeGrants(apart)).toEqual(apart);
  });
});

/** Every combination that some grant allows, `-` standing for no profile at all. */
function allowed(given: readonly Grant[]): string[] {
  const combinations = given.flatMap(({ name, resources, throughProfiles, unspecifiedRegion }) =>
    resources.flatMap((resource) =>
      (throughProfiles.length === 0 ? ["-"] : throughProfiles).map(
        (profile) => `${name} ${resource} ${profile} ${unspecifiedRegion}`,
      ),
    ),
  );
  return [...new Set(combinations)].sort();
}
