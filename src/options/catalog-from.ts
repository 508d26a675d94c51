import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { overlayCatalog, overlayName } from "../profiles/overlay-catalog.ts";
import type { ListedApplicationProfile, ListedProfile, RegionListing } from "../profiles/region-listing.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/** A live catalogue as plain data, as `npx bedrock-routed-client profiles --live --save` writes it. */
export interface SavedCatalog {
  readonly format: "bedrock-routed-client/catalog";
  readonly version: 1;
  /** One listing for each source Region. */
  readonly listings: readonly RegionListing[];
}

/**
 * A catalogue from a saved file: for the source Regions that were listed what AWS listed, for the others the bundled
 * table. For processes that may not call the control plane, such as a Lambda function with `bedrock:InvokeModel` alone.
 * The text may come from anywhere: it is checked before any of it is used. Its destination Regions are taken at their
 * word, so keep the file where nobody else can write.
 *
 * @param saved - the text of the file, or what `JSON.parse` made of it
 * @throws {@link InvalidOptionsError} naming what is wrong with it and where
 * @example
 * ```ts
 * const catalog = catalogFrom(await readFile("catalog.json", "utf8"));
 * const client = createRoutedClient({ region: "eu-central-1", routing: { policy: "latency", catalog } });
 * ```
 */
export function catalogFrom(saved: string | SavedCatalog): Catalog {
  const { listings } = readSaved(saved, "catalog");
  const base = bundledCatalog();
  const name = overlayName("saved", listings, base.name);
  return overlayCatalog(base, { name: () => name, listings });
}

/** Listings as a file holds them, checked. */
function readSaved(saved: unknown, path: string): SavedCatalog {
  const value = objectAt(typeof saved === "string" ? parsed(saved, path) : saved, path, [
    "format",
    "version",
    "listings",
  ]);
  if (value.format !== FORMAT) fail(`${path}.format`, `must be ${JSON.stringify(FORMAT)}`, value.format);
  if (value.version !== 1) fail(`${path}.version`, "must be 1: a newer file needs a newer release", value.version);
  const listings = listAt(value.listings, `${path}.listings`, 100, readListing);
  refuseRepeated(
    listings.map(({ sourceRegion }) => sourceRegion),
    (index) => `${path}.listings[${index}].sourceRegion`,
  );
  return { format: FORMAT, version: 1, listings };
}

function readListing(value: unknown, path: string): RegionListing {
  const parts = { profiles: readProfile, inRegionModels: readModel, applicationProfiles: readApplication };
  const fields = objectAt(value, path, ["sourceRegion", "asOf", ...Object.keys(parts)]);
  const listed = Object.entries(parts).flatMap(([name, read]) =>
    fields[name] === undefined ? [] : [[name, listAt<unknown>(fields[name], `${path}.${name}`, 10_000, read)]],
  );
  return Object.freeze({
    sourceRegion: textAt(fields.sourceRegion, `${path}.sourceRegion`, REGION, "an AWS Region"),
    asOf: textAt(fields.asOf, `${path}.asOf`, DATE_TIME, "a date and time such as 2026-11-21T14:26:00.000Z"),
    ...Object.fromEntries(listed),
  });
}

function readProfile(value: unknown, path: string): ListedProfile {
  const { id, model, destinationRegions } = objectAt(value, path, ["id", "model", "destinationRegions"]);
  return Object.freeze({
    id: textAt(id, `${path}.id`, PROFILE_ID, "an inference profile id"),
    model: readModel(model, `${path}.model`),
    destinationRegions: readDestinations(destinationRegions, `${path}.destinationRegions`),
  });
}

function readApplication(value: unknown, path: string): ListedApplicationProfile {
  const { arn, model, destinationRegions } = objectAt(value, path, ["arn", "model", "destinationRegions"]);
  return Object.freeze({
    arn: textAt(arn, `${path}.arn`, APPLICATION_ARN, "the ARN of an application inference profile"),
    model: readModel(model, `${path}.model`),
    destinationRegions: readDestinations(destinationRegions, `${path}.destinationRegions`),
  });
}

function readModel(value: unknown, path: string): string {
  return textAt(value, path, MODEL_ID, "a foundation-model id");
}

/** `*` and `unknown` stand alone: beside a Region they would make a set that looks smaller than it is. */
function readDestinations(value: unknown, path: string): readonly string[] {
  const regions = listAt(value, path, 100, (region, at) =>
    textAt(region, at, DESTINATION, "an AWS Region, * or unknown"),
  );
  if (regions.length === 0) fail(path, "must not be empty", regions);
  const index = regions.findIndex((region) => !REGION.test(region));
  if (index >= 0 && regions.length > 1) fail(`${path}[${index}]`, "must be the only one", regions[index]);
  return regions;
}

function objectAt(value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(path, "must be an object", value);
  refuseUnknownKeys(value as object, keys, path);
  return value as Readonly<Record<string, unknown>>;
}

function listAt<Item>(
  value: unknown,
  path: string,
  longest: number,
  read: (item: unknown, path: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value) || value.length > longest) fail(path, `must be an array of at most ${longest}`, value);
  return Object.freeze((value as readonly unknown[]).map((item, index) => read(item, `${path}[${index}]`)));
}

function textAt(value: unknown, path: string, shape: RegExp, what: string): string {
  if (typeof value !== "string" || value.length > 300 || !shape.test(value)) fail(path, `must be ${what}`, value);
  return value as string;
}

function refuseRepeated(values: readonly string[], pathOf: (index: number) => string): void {
  const index = values.findIndex((value, at) => values.indexOf(value) < at);
  if (index >= 0) fail(pathOf(index), "must not be given twice", values[index]);
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail(path, "must be JSON", text);
  }
}

function fail(path: string, expectation: string, value: unknown): never {
  throw new InvalidOptionsError(path, expectation, received(value));
}

const FORMAT = "bedrock-routed-client/catalog";
// Not the table of known Regions: AWS may have listed one that is newer.
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;
const DESTINATION = /^(?:[a-z]{2,}(?:-[a-z]+)+-\d+|\*|unknown)$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const MODEL_ID = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?::\d+)?$/;
const PROFILE_ID = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*){2,}(?::\d+)?$/;
const APPLICATION_ARN = /^arn:aws[\w-]*:bedrock:[a-z0-9-]+:\d{12}:application-inference-profile\/[\w.:-]+$/;
