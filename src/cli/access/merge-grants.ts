import type { Grant } from "./grant.ts";

/**
 * Fewer grants that allow exactly the same: resources on equal conditions are joined, then profiles that open equal
 * resources. A grant is never joined with one on other conditions, which would allow what neither did.
 */
export function mergeGrants(grants: readonly Grant[]): readonly Grant[] {
  const byCondition = joined(
    grants,
    ({ name, throughProfiles, unspecifiedRegion }) => [name, unspecifiedRegion, ...sorted(throughProfiles)],
    (one, other) => ({ ...one, resources: union(one.resources, other.resources) }),
  );
  return joined(
    byCondition,
    (grant) => [
      grant.name,
      grant.unspecifiedRegion,
      grant.throughProfiles.length === 0 ? "open" : "through",
      ...sorted(grant.resources),
    ],
    (one, other) => ({ ...one, throughProfiles: union(one.throughProfiles, other.throughProfiles) }),
  );
}

function joined(
  grants: readonly Grant[],
  keyOf: (grant: Grant) => readonly unknown[],
  join: (one: Grant, other: Grant) => Grant,
): readonly Grant[] {
  const byKey = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify(keyOf(grant));
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? grant : join(known, grant));
  }
  return [...byKey.values()];
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return sorted([...new Set([...one, ...other])]);
}

function sorted(values: readonly string[]): readonly string[] {
  return [...values].sort();
}
