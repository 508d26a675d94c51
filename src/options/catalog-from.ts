import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { overlayCatalog, overlayName } from "../profiles/overlay-catalog.ts";
import { APPLICATION_ARN, MODEL_ID, MOST_LISTED, PROFILE_ID, type RegionListing } from "../profiles/region-listing.ts";
import { array, object, oneOf, optional, type Reader, refuse, text } from "../types/schema.ts";
import { checkRegion } from "./check-region.ts";

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
  const { listings } = readSaved(typeof saved === "string" ? parsed(saved, "catalog") : saved, "catalog");
  const base = bundledCatalog();
  const name = overlayName("saved", listings, base.name);
  return overlayCatalog(base, { name: () => name, listings });
}

const FORMAT = "bedrock-routed-client/catalog";
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const model = text("a foundation-model id", MODEL_ID, 300);

/** `*` and `unknown` stand alone: beside a Region they would make a set that looks smaller than it is. */
const destinationRegions: Reader<readonly string[]> = (value, path) => {
  const regions = readDestinations(value, path);
  const index = regions.findIndex((region) => region === "*" || region === "unknown");
  if (index >= 0 && regions.length > 1) refuse(`${path}[${index}]`, "must be the only one", regions[index]);
  return regions;
};

const readDestinations = array(
  (value, path) => (value === "*" || value === "unknown" ? value : checkRegion(value, path)),
  { least: 1, most: 100 },
);

const readListing: Reader<RegionListing> = object({
  sourceRegion: checkRegion,
  asOf: text("a date and time such as 2026-11-21T14:26:00.000Z", DATE_TIME),
  profiles: optional(
    array(object({ id: text("an inference profile id", PROFILE_ID, 300), model, destinationRegions }), {
      most: MOST_LISTED,
    }),
  ),
  inRegionModels: optional(array(model, { most: MOST_LISTED })),
  endOfLife: optional(array(object({ model, date: text("a date", /^\d{4}-\d\d-\d\d$/) }), { most: MOST_LISTED })),
  applicationProfiles: optional(
    array(
      object({
        arn: text("the ARN of an application inference profile", APPLICATION_ARN, 300),
        model,
        destinationRegions,
      }),
      { most: MOST_LISTED },
    ),
  ),
});

const readFile = object({
  format: oneOf(FORMAT),
  version: (value, path): 1 => (value === 1 ? 1 : refuse(path, "must be 1: a newer file needs a newer release", value)),
  listings: array(readListing, { most: 100 }),
});

function readSaved(saved: unknown, path: string): SavedCatalog {
  const file = readFile(saved, path);
  const regions = file.listings.map(({ sourceRegion }) => sourceRegion);
  const repeated = regions.findIndex((region, index) => regions.indexOf(region) < index);
  if (repeated >= 0) refuse(`${path}.listings[${repeated}].sourceRegion`, "must not be given twice", regions[repeated]);
  return file;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(path, "must be JSON", text);
  }
}
