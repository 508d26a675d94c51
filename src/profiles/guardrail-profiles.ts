import { bundledGuardrails } from "./bundled-data.generated.ts";
import type { BundledGuardrails } from "./bundled-format.ts";

/** Source Region → destination Regions, by the id of a guardrail profile. */
type Profiles = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

let decoded: Profiles | undefined;

/**
 * Where a guardrail with that profile may be evaluated when it is called in `sourceRegion`; `undefined` when AWS does not
 * document it.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
 */
export function guardrailDestinations(profileId: string, sourceRegion: string): readonly string[] | undefined {
  return profiles().get(profileId)?.get(sourceRegion);
}

/** Where any guardrail that is called in `sourceRegion` may be evaluated; `undefined` when AWS documents no profile there. */
export function documentedReach(sourceRegion: string): readonly string[] | undefined {
  const found = [...profiles().values()].flatMap((destinations) => destinations.get(sourceRegion) ?? []);
  return found.length === 0 ? undefined : [...new Set(found)].sort();
}

function profiles(): Profiles {
  decoded ??= decode(JSON.parse(bundledGuardrails) as BundledGuardrails);
  return decoded;
}

function decode(table: BundledGuardrails): Profiles {
  const regions = table.regions.split(" ");
  const names = (indexes: readonly number[]): string[] => indexes.map((index) => regions[index]!);
  return new Map(
    Object.entries(table.profiles).map(([id, rows]) => [
      id,
      new Map(rows.map(([source, ...destinations]) => [regions[source!]!, Object.freeze(names(destinations))])),
    ]),
  );
}
