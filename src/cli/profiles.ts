import { writeFile } from "node:fs/promises";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import pc from "picocolors";
import { connectControlPlane } from "../client/connect-control-plane.ts";
import { catalogFrom, type SavedCatalog } from "../options/catalog-from.ts";
import { checkRegion } from "../options/check-region.ts";
import { nearestModel } from "../plan/did-you-mean.ts";
import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { type CatalogChange, callable, compareCatalogs } from "../profiles/compare-catalogs.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import { overlayCatalog, overlayName } from "../profiles/overlay-catalog.ts";
import type { RegionListing } from "../profiles/region-listing.ts";
import { knownRegions } from "../profiles/regions.ts";
import { createSimulator, type SimulatedClientConfig } from "../simulator/index.ts";
import { HomeRegionError, InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import { catalogText } from "./catalog-file.ts";
import { silenceNodeVersions } from "./connect.ts";
import { EXIT_CODES } from "./exit-code.ts";
import { type ProfileRow, renderProfiles } from "./render-profiles.ts";

/** Flags of the command `profiles`. */
export interface ProfilesFlags {
  readonly model?: string;
  readonly region?: readonly string[];
  readonly live?: boolean;
  readonly save?: string;
  readonly catalog?: string;
  readonly simulate?: boolean;
  readonly json?: boolean;
}

/** A table, what is behind it, and what it does not know. */
interface Table {
  readonly catalog: Catalog;
  /** Source Regions in which it may differ from the bundled table. */
  readonly listings: readonly RegionListing[];
  /** Source Regions that were asked for; none: all that are known. */
  readonly asked: readonly string[];
  readonly problems: readonly string[];
}

/** Prints which profiles can be called from where, and what AWS lists otherwise. Without `--live` no network call. */
export async function profiles(flags: ProfilesFlags): Promise<void> {
  silenceNodeVersions();
  const live = flags.live === true || flags.simulate === true;
  refuseContradictions(flags, live);
  // Both `-r a b` and `-r a,b` are what people write.
  const given = flags.region?.flatMap((regions) => regions.split(",")).map((region) => region.trim());
  for (const [index, region] of (given ?? []).entries()) checkRegion(region, `--region[${index}]`);
  const table = live ? await listed(given, flags) : await readTable(given, flags);
  const { catalog, listings, asked, problems } = table;
  const regions = asked.length > 0 ? asked : knownRegions();
  const models = modelsOf(catalog, flags.model);
  const rows = models.flatMap((model) => regions.flatMap((region) => rowsOf(catalog, model, region)));
  const changes = compareCatalogs(
    bundledCatalog(),
    catalog,
    listings.map(({ sourceRegion }) => sourceRegion),
  )
    .filter(({ sourceRegion }) => regions.includes(sourceRegion))
    .filter(({ model }) => flags.model === undefined || models.includes(model));
  process.stdout.write(flags.json === true ? json(catalog, rows, changes, table) : text(catalog, rows, changes, table));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (flags.save !== undefined) await save(flags.save, table);
  if (problems.length > 0) process.exitCode = EXIT_CODES.service;
}

function refuseContradictions({ save, catalog }: ProfilesFlags, live: boolean): void {
  if (save !== undefined && !live)
    throw new InvalidOptionsError("--save", "needs --live: there is nothing new to save");
  if (catalog !== undefined && live) throw new InvalidOptionsError("--catalog", "must not be given with --live");
}

async function listed(given: readonly string[] | undefined, flags: ProfilesFlags): Promise<Table> {
  if (flags.simulate !== true) return list(given, {});
  const simulator = await createSimulator();
  try {
    return await list(given ?? ["us-east-1"], simulator.clientConfig());
  } finally {
    await simulator.close();
  }
}

async function list(given: readonly string[] | undefined, config: Partial<SimulatedClientConfig>): Promise<Table> {
  const full = given?.[0] === undefined ? config : { ...config, region: given[0] };
  const runtime = new BedrockRuntimeClient(full);
  const controlPlane = connectControlPlane(runtime, full, { dataPlane: {}, controlPlane: {} });
  try {
    const regions = given ?? [await homeRegionOf(runtime)];
    const answers = await Promise.all(
      regions.map(async (sourceRegion) => ({
        sourceRegion,
        asOf: new Date().toISOString(),
        answer: await controlPlane.listRegion(sourceRegion, AbortSignal.timeout(LIMIT_MS)),
      })),
    );
    const listings = answers
      .filter(({ answer }) => Object.keys(answer.parts).length > 0)
      .map(({ sourceRegion, asOf, answer }) => ({ sourceRegion, asOf, ...answer.parts }));
    const base = bundledCatalog();
    const name = overlayName("live", listings, base.name);
    return {
      catalog: overlayCatalog(base, { name: () => name, listings }),
      listings,
      asked: regions,
      problems: [...new Set(answers.flatMap(({ answer }) => answer.problems.map(({ detail }) => detail)))],
    };
  } finally {
    controlPlane.close();
    runtime.destroy();
  }
}

const LIMIT_MS = 30_000;

async function homeRegionOf(runtime: BedrockRuntimeClient): Promise<string> {
  try {
    return await runtime.config.region();
  } catch (error) {
    throw new HomeRegionError(error);
  }
}

async function readTable(asked: readonly string[] = [], { catalog: path }: ProfilesFlags): Promise<Table> {
  if (path === undefined) return { catalog: bundledCatalog(), listings: [], asked, problems: [] };
  const saved = await catalogText(path);
  // The second reading is safe: the first one has checked every field.
  const catalog = catalogFrom(saved);
  return { catalog, listings: (JSON.parse(saved) as SavedCatalog).listings, asked, problems: [] };
}

async function save(path: string, { listings, problems }: Table): Promise<void> {
  if (problems.length > 0) {
    process.stderr.write(`${path} was not written: the listing is not complete\n`);
    return;
  }
  const saved: SavedCatalog = { format: "bedrock-routed-client/catalog", version: 1, listings };
  try {
    await writeFile(path, `${JSON.stringify(saved, null, 2)}\n`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no file";
    throw new InvalidOptionsError("--save", "must name a file that can be written", `${received(path)} (${code})`);
  }
  process.stderr.write(`saved ${listings.map(({ sourceRegion }) => sourceRegion).join(", ")} to ${path}\n`);
}

function modelsOf(catalog: Catalog, modelId: string | undefined): readonly string[] {
  if (modelId === undefined) return catalog.models();
  const ref = parseModelRef(modelId);
  const model = "model" in ref ? ref.model : modelId;
  if (catalog.models().includes(model)) return [model];
  const guess = nearestModel(modelId, catalog);
  throw new InvalidOptionsError(
    "--model",
    `must name a model of the table (${catalog.name}, ${catalog.asOf})`,
    guess === undefined ? received(modelId) : `${received(modelId)} (did you mean ${JSON.stringify(guess)}?)`,
  );
}

function rowsOf(catalog: Catalog, model: string, sourceRegion: string): readonly ProfileRow[] {
  return [...callable(catalog, model, sourceRegion)].map(([modelId, destinationRegions]) => ({
    model,
    modelId,
    kind: modelId === model ? "in-region" : modelId.startsWith("global.") ? "global" : "geographic",
    sourceRegion,
    destinationRegions,
    ...endOfLifeOf(catalog, model, sourceRegion),
  }));
}

function endOfLifeOf(catalog: Catalog, model: string, sourceRegion: string): Pick<ProfileRow, "endOfLife"> {
  const endOfLife = catalog.endOfLife?.(model, sourceRegion);
  return endOfLife === undefined ? {} : { endOfLife };
}

function text(
  catalog: Catalog,
  rows: readonly ProfileRow[],
  changes: readonly CatalogChange[],
  { listings }: Table,
): string {
  const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
  return renderProfiles(`${catalog.name}, ${catalog.asOf}`, rows, listings.length === 0 ? undefined : changes, colors);
}

function json(
  { name, asOf }: Catalog,
  rows: readonly ProfileRow[],
  changes: readonly CatalogChange[],
  { listings, problems }: Table,
): string {
  const compared = listings.length === 0 ? {} : { changes };
  return `${JSON.stringify({ catalog: { name, asOf }, profiles: rows, ...compared, problems }, null, 2)}\n`;
}
