import type { BedrockClient, BedrockClientConfig, GuardrailCrossRegionDetails } from "@aws-sdk/client-bedrock";
import type { GuardrailRef } from "../plan/guardrail.ts";
import {
  applicationProfileOf,
  type ListedApplicationProfile,
  listedApplicationProfiles,
  listedEndsOfLife,
  listedInRegionModels,
  listedProfiles,
  MOST_LISTED,
  type ModelSummary,
  type ProfileSummary,
} from "../profiles/region-listing.ts";
import type { AskedControlPlane, AskedGuardrail, ListedRegion } from "../router/asked-control-plane.ts";
import {
  type CatalogOperation,
  type CatalogProblem,
  catalogProblem,
  MalformedListing,
  MissingPackage,
} from "../router/catalog-problem.ts";

/** The SDK client for Bedrock's control plane, of which nothing is loaded before it is needed. */
export type LoadControlPlane = () => Promise<typeof import("@aws-sdk/client-bedrock")>;

/**
 * An optional peer dependency: whoever does not ask AWS what exists need not install it. A bundler that does not find the
 * package leaves the import alone because its failure is caught here; otherwise it would stop the caller's build. Next.js
 * puts an empty module in its place.
 * @throws MissingPackage
 */
export const loadControlPlane: LoadControlPlane = async () => {
  try {
    const sdk = await import("@aws-sdk/client-bedrock");
    if (sdk.BedrockClient !== undefined) return sdk;
  } catch (error) {
    throw new MissingPackage("@aws-sdk/client-bedrock", { cause: error });
  }
  throw new MissingPackage("@aws-sdk/client-bedrock");
};

/**
 * Asks Bedrock's control plane what exists, with one SDK client per source Region. Every listing is read to its last
 * page or not used at all.
 */
export class ControlPlane implements AskedControlPlane {
  readonly #configOf: (region: string) => Promise<BedrockClientConfig>;
  readonly #load: LoadControlPlane;
  readonly #clients: Map<string, Promise<BedrockClient>> = new Map();

  constructor(configOf: (region: string) => Promise<BedrockClientConfig>, load: LoadControlPlane = loadControlPlane) {
    this.#configOf = configOf;
    this.#load = load;
  }

  async listRegion(region: string, abortSignal: AbortSignal): Promise<ListedRegion> {
    const problems: CatalogProblem[] = [];
    const part = async <Part>(operation: CatalogOperation, work: () => Promise<Part>): Promise<Part | undefined> => {
      try {
        return await work();
      } catch (error) {
        problems.push(catalogProblem(error, operation, region, abortSignal.aborted));
        return undefined;
      }
    };
    const [profiles, applicationProfiles, models] = await Promise.all([
      part("ListInferenceProfiles", async () =>
        // If none of them can be read, it was not Bedrock that listed them.
        notEmpty(listedProfiles(notEmpty(await this.#profiles(region, "SYSTEM_DEFINED", abortSignal)), region)),
      ),
      part("ListInferenceProfiles", async () =>
        listedApplicationProfiles(await this.#profiles(region, "APPLICATION", abortSignal)),
      ),
      part("ListFoundationModels", async () => notEmpty(await this.#models(region, abortSignal))),
    ]);
    const parts = {
      ...(profiles === undefined ? {} : { profiles }),
      ...(applicationProfiles === undefined ? {} : { applicationProfiles }),
      ...(models && { inRegionModels: listedInRegionModels(models), endOfLife: listedEndsOfLife(models) }),
    };
    return { parts, problems: withoutRepetition(problems) };
  }

  async getProfile(
    arn: string,
    region: string,
    abortSignal: AbortSignal,
  ): Promise<ListedApplicationProfile | CatalogProblem> {
    try {
      const { GetInferenceProfileCommand } = await this.#load();
      const client = await this.#client(region);
      const command = new GetInferenceProfileCommand({ inferenceProfileIdentifier: arn });
      const profile = applicationProfileOf(await client.send(command, { abortSignal }));
      if (profile === undefined) throw new MalformedListing("a profile that is not active, or without one model");
      return { ...profile, arn };
    } catch (error) {
      return catalogProblem(error, "GetInferenceProfile", region, abortSignal.aborted);
    }
  }

  async getGuardrail(
    { id, version, region }: GuardrailRef,
    abortSignal: AbortSignal,
  ): Promise<AskedGuardrail | CatalogProblem> {
    try {
      const { GetGuardrailCommand } = await this.#load();
      const client = await this.#client(region);
      const command = new GetGuardrailCommand({ guardrailIdentifier: id, guardrailVersion: version });
      const { guardrailId, crossRegionDetails } = await client.send(command, { abortSignal });
      if (guardrailId !== id) throw new MalformedListing("another guardrail");
      return { profileId: crossRegionDetails && profileIdOf(crossRegionDetails) };
    } catch (error) {
      return catalogProblem(error, "GetGuardrail", region, abortSignal.aborted);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.then((made) => made.destroy()).catch(() => {});
    this.#clients.clear();
  }

  async #profiles(
    region: string,
    typeEquals: "SYSTEM_DEFINED" | "APPLICATION",
    abortSignal: AbortSignal,
  ): Promise<readonly ProfileSummary[]> {
    const { ListInferenceProfilesCommand } = await this.#load();
    const client = await this.#client(region);
    const found: ProfileSummary[] = [];
    const tokens = new Set<string>();
    let nextToken: string | undefined;
    do {
      const command = new ListInferenceProfilesCommand({
        typeEquals,
        maxResults: LARGEST_PAGE,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const page = await client.send(command, { abortSignal });
      for (const summary of listIn(page.inferenceProfileSummaries)) found.push(summary);
      if (found.length > MOST_LISTED) throw new MalformedListing(`more than ${MOST_LISTED} profiles`);
      nextToken = page.nextToken;
      if (nextToken !== undefined && (tokens.has(nextToken) || tokens.size === MOST_PAGES)) {
        throw new MalformedListing("pages without end");
      }
      tokens.add(nextToken ?? "");
    } while (nextToken !== undefined);
    return found;
  }

  async #models(region: string, abortSignal: AbortSignal): Promise<readonly ModelSummary[]> {
    const { ListFoundationModelsCommand } = await this.#load();
    const client = await this.#client(region);
    const models = listIn((await client.send(new ListFoundationModelsCommand({}), { abortSignal })).modelSummaries);
    if (models.length > MOST_LISTED) throw new MalformedListing(`more than ${MOST_LISTED} models`);
    return models;
  }

  #client(region: string): Promise<BedrockClient> {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = Promise.all([this.#load(), this.#configOf(region)]).then(
      ([{ BedrockClient }, config]) => new BedrockClient(config),
    );
    // What could not be made once, for want of the package for example, may be made later.
    made.catch(() => this.#clients.delete(region));
    this.#clients.set(region, made);
    return made;
  }
}

function profileIdOf({ guardrailProfileId, guardrailProfileArn }: GuardrailCrossRegionDetails): string {
  const id = guardrailProfileId ?? guardrailProfileArn?.split("/").at(-1);
  if (id === undefined) throw new MalformedListing("a guardrail profile without a name");
  return id;
}

const LARGEST_PAGE = 1_000;
const MOST_PAGES = 100;

function listIn<Item>(list: readonly Item[] | undefined): readonly Item[] {
  if (Array.isArray(list)) return list as readonly Item[];
  throw new MalformedListing("no list");
}

/** Every Region with Bedrock has models and profiles: an empty list comes from something that is not Bedrock. */
function notEmpty<Item>(list: readonly Item[]): readonly Item[] {
  if (list.length > 0) return list;
  throw new MalformedListing("an empty list");
}

function withoutRepetition(problems: readonly CatalogProblem[]): readonly CatalogProblem[] {
  return problems.filter(
    ({ operation, reason }, index) =>
      problems.findIndex(
        (other) => other.reason === reason && (reason === "package-missing" || other.operation === operation),
      ) === index,
  );
}
