import { parseModelRef } from "../profiles/model-ref.ts";
import { partitionOf } from "../profiles/regions.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { ExtraRoute } from "../types/route.ts";
import { received } from "../util/received.ts";
import { checkRegion } from "./check-region.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";
import { resolveByModel } from "./resolve-by-model.ts";

/**
 * Validates the caller's own routes.
 * @throws {@link InvalidOptionsError}
 */
export function resolveRoutes(value: unknown, path: string): Readonly<Record<string, readonly ExtraRoute[]>> {
  return resolveByModel(value, path, "routes", resolveExtraRoutes);
}

function resolveExtraRoutes(value: unknown, path: string): readonly ExtraRoute[] {
  if (!Array.isArray(value)) throw new InvalidOptionsError(path, "must be an array of { modelId }", received(value));
  const routes = value.map((route, index) => resolveExtraRoute(route, `${path}[${index}]`));
  const repeated = routes.findIndex(
    ({ modelId }, index) => routes.findIndex((route) => route.modelId === modelId) < index,
  );
  if (repeated >= 0) {
    throw new InvalidOptionsError(
      `${path}[${repeated}].modelId`,
      "must not be given twice",
      received(routes[repeated]?.modelId),
    );
  }
  return Object.freeze(routes);
}

function resolveExtraRoute(value: unknown, path: string): ExtraRoute {
  if (typeof value !== "object" || value === null) {
    throw new InvalidOptionsError(path, "must be an object with modelId", received(value));
  }
  refuseUnknownKeys(value, ["modelId", "destinationRegions"], path);
  const { modelId, destinationRegions } = value as Partial<ExtraRoute>;
  const kind = typeof modelId === "string" ? parseModelRef(modelId).kind : "unknown";
  if (kind !== "application-profile" && kind !== "provisioned-model") {
    throw new InvalidOptionsError(
      `${path}.modelId`,
      "must be the ARN of an application inference profile or of a provisioned model",
      received(modelId),
    );
  }
  const ref = parseModelRef(modelId as string);
  const region = "region" in ref ? ref.region : undefined;
  const partition = region === undefined ? undefined : partitionOf(region);
  if (partition !== undefined && !(modelId as string).startsWith(`arn:${partition}:`)) {
    throw new InvalidOptionsError(
      `${path}.modelId`,
      `must be in the partition of its Region ${region} (${partition})`,
      received(modelId),
    );
  }
  if (destinationRegions === undefined) return Object.freeze({ modelId: modelId as string });
  return Object.freeze({
    modelId: modelId as string,
    destinationRegions: checkRegions(destinationRegions, `${path}.destinationRegions`),
  });
}

/** A non-empty list of Regions, copied. */
export function checkRegions(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new InvalidOptionsError(path, "must be a non-empty array of AWS Regions", received(value));
  }
  value.forEach((region, index) => {
    checkRegion(region, `${path}[${index}]`);
  });
  return Object.freeze([...new Set<string>(value)]);
}
