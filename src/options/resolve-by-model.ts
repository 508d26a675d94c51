import { parseModelRef } from "../profiles/model-ref.ts";
import type { OwnPrice } from "../profiles/price-book.ts";
import { partitionOf } from "../profiles/regions.ts";
import type { ExtraRoute } from "../types/route.ts";
import { array, number, object, oneOf, optional, type Reader, record, refuse } from "../types/schema.ts";
import type { TokenPrice } from "../types/token-price.ts";
import { regionList } from "./check-region.ts";

/** What stands under any other name than the id of a foundation model would never be looked up. */
function checkModel(name: unknown, path: string): void {
  const ref = parseModelRef(String(name));
  if (ref.kind === "foundation-model" && ref.model === name) return;
  const model = ref.kind === "foundation-model" || ref.kind === "system-profile" ? ref.model : undefined;
  refuse(path, "must be named by a foundation-model id", name, model && JSON.stringify(model));
}

function arnOfOwn(value: unknown, path: string): string {
  const ref = typeof value === "string" ? parseModelRef(value) : undefined;
  if (ref?.kind !== "application-profile" && ref?.kind !== "provisioned-model") {
    return refuse(path, "must be the ARN of an application inference profile or of a provisioned model", value);
  }
  const { region, modelId } = ref;
  if (modelId.startsWith(`arn:${partitionOf(region)}:`)) return modelId;
  return refuse(path, `must be in the partition of its Region ${region} (${partitionOf(region)})`, value);
}

const readRoutes: Reader<readonly ExtraRoute[]> = array(
  object(
    { modelId: arnOfOwn, destinationRegions: optional(regionList(1, "a non-empty array of AWS Regions")) },
    { expected: "an object with modelId", aliases: { arn: "modelId" } },
  ),
  { expected: "an array of { modelId }" },
);

/** The caller's own routes. */
export const resolveRoutes: Reader<Readonly<Record<string, readonly ExtraRoute[]>>> = record(
  checkModel,
  (value, path) => {
    const routes = readRoutes(value, path);
    const ids = routes.map(({ modelId }) => modelId);
    const repeated = ids.findIndex((id, index) => ids.indexOf(id) < index);
    if (repeated >= 0) refuse(`${path}[${repeated}].modelId`, "must not be given twice", ids[repeated]);
    return routes;
  },
  "an object from foundation-model id to a list of routes",
);

/** 0 would rank the route before every other and report its cost as nothing. */
const rate = number({
  least: Number.MIN_VALUE,
  expected: "a positive number of US dollars per million tokens",
});

const readPrice = object(
  {
    kind: optional(oneOf("in-region", "geographic", "global", "application")),
    sourceRegions: optional(regionList(1, "a non-empty array of AWS Regions")),
    usdPerMillionTokens: object(
      {
        input: rate,
        output: rate,
        cacheRead: optional(rate),
        cacheWrite: optional(rate),
        cacheWrite1h: optional(rate),
      },
      { expected: "an object with input and output" },
    ),
  },
  { expected: "an object with usdPerMillionTokens" },
);

function resolvePrice(value: unknown, path: string): OwnPrice {
  const { usdPerMillionTokens: usd, ...facts } = readPrice(value, path);
  const price: TokenPrice = Object.freeze({
    usdPerMillionInputTokens: usd.input,
    usdPerMillionOutputTokens: usd.output,
    ...(usd.cacheRead !== undefined && { usdPerMillionCacheReadTokens: usd.cacheRead }),
    ...(usd.cacheWrite !== undefined && { usdPerMillionCacheWriteTokens: usd.cacheWrite }),
    ...(usd.cacheWrite1h !== undefined && { usdPerMillionCacheWrite1hTokens: usd.cacheWrite1h }),
    source: "routing.prices",
  });
  return Object.freeze({ ...facts, price });
}

/** The caller's own prices. */
export const resolvePrices: Reader<Readonly<Record<string, readonly OwnPrice[]>>> = record(
  checkModel,
  array(resolvePrice, { expected: "an array of { usdPerMillionTokens }" }),
  "an object from foundation-model id to a list of prices",
);
