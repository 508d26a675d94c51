import fc from "fast-check";
import type { Residency } from "../../src/plan/residency.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { knownGeographies } from "../../src/profiles/geography.ts";
import { knownCountries, knownRegions, partitionOf } from "../../src/profiles/regions.ts";
import type { EvidenceLookup, RouteEvidence } from "../../src/types/evidence.ts";
import type { ExtraRoute } from "../../src/types/route.ts";
import type { DescribedRequest } from "./route-request.ts";
import { answersOf, measured } from "./route-request.ts";

const ACCOUNT = "123456789012";
const REGIONS = [...knownRegions()];
const PREFIXES = ["us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global", "kr"];

const region = fc.constantFrom(...REGIONS);

/** A residency as a caller may write it; a few hold undocumented destinations to the fire on purpose. */
export const residencies: fc.Arbitrary<Residency> = fc.oneof(
  fc.constantFrom<Residency>("any", "any", "home"),
  fc.constantFrom(...knownGeographies()),
  fc.subarray([...knownGeographies()], { minLength: 1, maxLength: 4 }),
  fc.subarray(REGIONS, { minLength: 1 }).map((regions) => ({ regions })),
  fc.subarray([...knownCountries()], { minLength: 1 }).map((countries) => ({ countries })),
);

/** A policy as a caller may write it. */
export const policies: fc.Arbitrary<object> = fc.record({
  policy: fc.constantFrom("latency", "cost", "throughput"),
  priceWeight: fc.oneof(fc.constantFrom(0.01, 1, 2), fc.double({ min: 0.01, max: 100, noNaN: true })),
  residency: residencies,
});

/** Any model of the table, from any Region, named in any way, under any policy. */
export const requests: fc.Arbitrary<DescribedRequest> = fc
  .record({ model: fc.constantFrom(...bundledCatalog().models()), home: region })
  .chain(({ model, home }) =>
    fc.record(
      {
        model: modelIds(model, home),
        home: fc.constant(home),
        sourceRegions: fc.uniqueArray(fc.constantFrom(...samePartition(home)), { maxLength: 4 }),
        policy: policies,
        routes: fc.uniqueArray(extraRoutes(home), { maxLength: 3, selector: ({ modelId }) => modelId }),
        pinnedBy: fc.constant("the guardrail"),
        exact: fc.boolean(),
      },
      { requiredKeys: ["model", "home", "policy"] },
    ),
  );

/** What health may know of a route, cooldowns included. */
const evidence: fc.Arbitrary<RouteEvidence | undefined> = fc.option(
  fc
    .record({
      samples: fc.array(fc.oneof(fc.constantFrom(0, 1, 600_000), fc.integer({ min: 1, max: 5_000 })), {
        maxLength: 20,
      }),
      coolingForMs: fc.oneof(fc.constant(0), fc.constantFrom(1, 5_000, 86_400_000)),
    })
    .map(({ samples, coolingForMs }) => {
      // The longest third are waits.
      const answers = samples.slice(0, Math.ceil((2 * samples.length) / 3));
      return { ...measured(...samples), ...answersOf(measured(...answers)), coolingForMs, coolingBecause: "throttled" };
    }),
  { nil: undefined },
);

/** Evidence for every route, the same for every question about the same route. */
export const evidenceLookups: fc.Arbitrary<EvidenceLookup> = fc.array(evidence, { minLength: 1, maxLength: 12 }).map(
  (pool) =>
    ({ key }) =>
      pool[[...key].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 8_191, 7) % pool.length],
);

function modelIds(model: string, home: string): fc.Arbitrary<string> {
  const prefix = fc.oneof(
    fc.constantFrom(...PREFIXES),
    ...bundledCatalog()
      .profilesOf(model)
      .map(({ geography }) => fc.constant(geography)),
  );
  return fc.oneof(
    fc.constant(model),
    prefix.map((geography) => `${geography}.${model}`),
    fc
      .tuple(prefix, fc.oneof(fc.constant(home), region))
      .map(
        ([geography, arnRegion]) => `arn:aws:bedrock:${arnRegion}:${ACCOUNT}:inference-profile/${geography}.${model}`,
      ),
    fc
      .oneof(fc.constantFrom(home, ""), region)
      .map((arnRegion) => `arn:aws:bedrock:${arnRegion}::foundation-model/${model}`),
    extraRoutes(home).map(({ modelId }) => modelId),
  );
}

function extraRoutes(home: string): fc.Arbitrary<ExtraRoute> {
  return fc
    .tuple(
      fc.constantFrom("application-inference-profile", "provisioned-model"),
      fc.constantFrom(home, "us-east-1", "eu-central-1"),
      fc.constantFrom("a1", "b2"),
      fc.option(fc.subarray(REGIONS, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    )
    .map(([type, arnRegion, id, destinationRegions]) => ({
      modelId: `arn:aws:bedrock:${arnRegion}:${ACCOUNT}:${type}/${id}`,
      ...(destinationRegions === undefined ? {} : { destinationRegions }),
    }));
}

function samePartition(home: string): string[] {
  return REGIONS.filter((other) => partitionOf(other) === partitionOf(home));
}
