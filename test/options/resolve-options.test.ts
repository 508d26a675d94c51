import { describe, expect, it } from "vitest";
import { refuseForeignPartition, resolveOptions, resolveRequestOptions } from "../../src/options/resolve-options.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const APPLICATION = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1";
const PROVISIONED = "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p1";
const ALL_KEYS =
  "policy, sourceRegions, endpoints, routes, prices, firstByteTimeoutMs, hedge, catalog, priors, workload";
const ARN_WANTED = "must be the ARN of an application inference profile or of a provisioned model";

describe("resolveOptions", () => {
  it("needs a policy and nothing else", () => {
    const options = resolveOptions({ policy: "latency" });
    expect(options).toMatchObject({
      policy: { prefer: "latency", priceWeight: 1, residency: "any" },
      sourceRegions: [],
      endpoints: {},
      routes: {},
      workload: "default",
    });
    expect(options.catalog()).toBe(bundledCatalog());
  });

  it("takes an absent option and an undefined one for the same", () => {
    const absent = {
      sourceRegions: undefined,
      endpoints: undefined,
      routes: undefined,
      catalog: undefined,
      workload: undefined,
    };
    expect(resolveOptions({ policy: "latency", ...absent })).toEqual(resolveOptions({ policy: "latency" }));
  });

  it("keeps what it was given, Regions once each", () => {
    const catalog = { ...bundledCatalog(), name: "mine" };
    const options = resolveOptions({
      policy: { prefer: "cost", residency: "eu" },
      sourceRegions: ["us-east-1", "eu-west-1", "us-east-1"],
      endpoints: {
        "eu-west-1": "http://localhost:8080",
        "us-east-1": "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com",
      },
      routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions: ["eu-central-1"] }, { modelId: PROVISIONED }] },
      catalog,
      workload: "team/chat:v1.2_x-y",
    });
    expect(options).toMatchObject({
      policy: { prefer: "cost", priceWeight: 1, residency: "eu" },
      sourceRegions: ["us-east-1", "eu-west-1"],
      endpoints: { "eu-west-1": "http://localhost:8080" },
      routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions: ["eu-central-1"] }, { modelId: PROVISIONED }] },
      workload: "team/chat:v1.2_x-y",
    });
    expect(options.catalog()).toBe(catalog);
  });

  it.each([
    [undefined, "", 'must be an object with a policy, e.g. { policy: "latency" }, got undefined'],
    [null, "", 'must be an object with a policy, e.g. { policy: "latency" }, got null'],
    ["latency", "", 'must be an object with a policy, e.g. { policy: "latency" }, got "latency"'],
    [[], "", 'must be an object with a policy, e.g. { policy: "latency" }, got an empty array'],
    [{}, ".policy", 'must be "latency", "cost", "residency" or a policy object, got undefined'],
    [{ policy: { prefer: "fast" } }, ".policy.prefer", 'must be "latency", "cost" or "throughput", got "fast"'],
    [{ polices: "latency" }, ".polices", "is not an option: did you mean policy?"],
    [{ policy: "latency", timeout: 5 }, ".timeout", `is not an option; routing takes ${ALL_KEYS}`],
    ...refused({ sourceRegions: null }, ".sourceRegions", "must be an array of AWS Regions, got null"),
    ...refused({ sourceRegions: "us-east-1" }, ".sourceRegions", 'must be an array of AWS Regions, got "us-east-1"'),
    ...refused(
      { sourceRegions: ["us-east-1", "us-est-1"] },
      ".sourceRegions[1]",
      'must be an AWS Region, got "us-est-1" (did you mean "us-east-1"?)',
    ),
    ...refused({ sourceRegions: ["*"] }, ".sourceRegions[0]", 'must be an AWS Region, got "*"'),
    ...refused({ sourceRegions: [7] }, ".sourceRegions[0]", "must be an AWS Region, got 7"),
    ...refused({ endpoints: null }, ".endpoints", "must be an object from source Region to endpoint URL, got null"),
    ...refused(
      { endpoints: "https://localhost" },
      ".endpoints",
      'must be an object from source Region to endpoint URL, got "https://localhost"',
    ),
    ...refused(
      { endpoints: [] },
      ".endpoints",
      "must be an object from source Region to endpoint URL, got an empty array",
    ),
    ...refused(
      { endpoints: { "eu-wst-1": "https://localhost" } },
      ".endpoints.eu-wst-1",
      'must be an AWS Region, got "eu-wst-1" (did you mean "eu-west-1"?)',
    ),
    ...refused(
      { endpoints: { "eu-west-1": "localhost" } },
      ".endpoints.eu-west-1",
      'must be an http or https URL, got "localhost"',
    ),
    ...refused(
      { endpoints: { "eu-west-1": "localhost:8080" } },
      ".endpoints.eu-west-1",
      'must be an http or https URL, got "localhost:8080"',
    ),
    ...refused({ endpoints: { "eu-west-1": 8080 } }, ".endpoints.eu-west-1", "must be an http or https URL, got 8080"),
    ...refused({ routes: null }, ".routes", "must be an object from foundation-model id to a list of routes, got null"),
    ...refused(
      { routes: [PROVISIONED] },
      ".routes",
      "must be an object from foundation-model id to a list of routes, got an array of 1",
    ),
    ...refused(
      { routes: { [`eu.${CLAUDE}`]: [] } },
      `.routes["eu.${CLAUDE}"]`,
      `must be named by a foundation-model id: did you mean "${CLAUDE}"?`,
    ),
    ...refused(
      { routes: { [`arn:aws:bedrock:eu-central-1::foundation-model/${CLAUDE}`]: [] } },
      `.routes["arn:aws:bedrock:eu-central-1::foundation-model/${CLAUDE}"]`,
      `must be named by a foundation-model id: did you mean "${CLAUDE}"?`,
    ),
    ...refused({ routes: { claude: [] } }, '.routes["claude"]', "must be named by a foundation-model id"),
    ...refused(
      { routes: { [CLAUDE]: { modelId: PROVISIONED } } },
      `.routes["${CLAUDE}"]`,
      'must be an array of { modelId }, got an object with keys ["modelId"]',
    ),
    ...refused(
      { routes: { [CLAUDE]: [PROVISIONED] } },
      `.routes["${CLAUDE}"][0]`,
      `must be an object with modelId, got "${PROVISIONED}"`,
    ),
    ...refused(
      { routes: { [CLAUDE]: [{ arn: PROVISIONED }] } },
      `.routes["${CLAUDE}"][0].arn`,
      `is not an option; routing.routes["${CLAUDE}"][0] takes modelId, destinationRegions`,
    ),
    ...refused({ routes: { [CLAUDE]: [{}] } }, `.routes["${CLAUDE}"][0].modelId`, `${ARN_WANTED}, got undefined`),
    ...refused(
      { routes: { [CLAUDE]: [{ modelId: `eu.${CLAUDE}` }] } },
      `.routes["${CLAUDE}"][0].modelId`,
      `${ARN_WANTED}, got "eu.${CLAUDE}"`,
    ),
    ...refused(
      { routes: { [CLAUDE]: [{ modelId: PROVISIONED }, { modelId: APPLICATION }, { modelId: PROVISIONED }] } },
      `.routes["${CLAUDE}"][2].modelId`,
      `must not be given twice, got "${PROVISIONED}"`,
    ),
    ...refused(
      { routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions: [] }] } },
      `.routes["${CLAUDE}"][0].destinationRegions`,
      "must be a non-empty array of AWS Regions, got an empty array",
    ),
    ...refused(
      { routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions: ["*"] }] } },
      `.routes["${CLAUDE}"][0].destinationRegions[0]`,
      'must be an AWS Region, got "*"',
    ),
    ...refused({ catalog: null }, ".catalog", 'must be "bundled", "live", { live: … } or a Catalog, got null'),
    ...refused({ catalog: {} }, ".catalog.profilesOf", "must be a function of the Catalog interface, got undefined"),
    ...refused(
      { catalog: { ...bundledCatalog(), models: [] } },
      ".catalog.models",
      "must be a function of the Catalog interface, got an empty array",
    ),
    ...refused({ workload: "" }, ".workload", 'must be a label of 1 to 64 letters, digits or . : / _ -, got ""'),
    ...refused({ workload: null }, ".workload", "must be a label of 1 to 64 letters, digits or . : / _ -, got null"),
    ...refused({ workload: "a b" }, ".workload", 'must be a label of 1 to 64 letters, digits or . : / _ -, got "a b"'),
    ...refused(
      { workload: "x".repeat(65) },
      ".workload",
      `must be a label of 1 to 64 letters, digits or . : / _ -, got "${"x".repeat(65)}"`,
    ),
  ])("refuses %j", (options, at, message) => {
    const attempt = (): unknown => resolveOptions(options);
    expect(attempt).toThrow(InvalidOptionsError);
    expect(attempt).toThrow(expect.objectContaining({ path: `routing${at}`, message: `routing${at} ${message}` }));
  });

  it("copies and freezes what the caller may change later", () => {
    const sourceRegions = ["us-east-1"];
    const endpoints: Record<string, string> = { "us-east-1": "https://localhost" };
    const destinationRegions = ["eu-central-1"];
    const options = resolveOptions({
      policy: "latency",
      sourceRegions,
      endpoints,
      routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions }] },
    });
    sourceRegions.push("us-west-2");
    endpoints["us-west-2"] = "https://localhost";
    destinationRegions.push("us-east-1");
    const [route] = options.routes[CLAUDE] ?? [];
    expect(options.sourceRegions).toEqual(["us-east-1"]);
    expect(Object.keys(options.endpoints)).toEqual(["us-east-1"]);
    expect(route?.destinationRegions).toEqual(["eu-central-1"]);
    const values = [options, options.sourceRegions, options.endpoints, options.routes, options.routes[CLAUDE], route];
    expect([...values, route?.destinationRegions].every((value) => Object.isFrozen(value))).toBe(true);
  });
});

describe("resolveRequestOptions", () => {
  const client = resolveOptions({ policy: { prefer: "cost", priceWeight: 2, residency: "eu" }, workload: "chat" });

  it("are the client's when absent", () => {
    expect(resolveRequestOptions(undefined, client)).toBe(client);
    expect(resolveRequestOptions({}, client)).toEqual({ policy: client.policy, workload: "chat" });
  });

  it("replace the workload and leave the policy alone", () => {
    expect(resolveRequestOptions({ workload: "batch" }, client)).toEqual({ policy: client.policy, workload: "batch" });
  });

  it("replace what they name of the policy, and add no residency unless they name one", () => {
    expect(resolveRequestOptions({ policy: { prefer: "latency" } }, client).policy).toEqual({
      prefer: "latency",
      priceWeight: 2,
      residency: "any",
    });
    expect(resolveRequestOptions({ policy: { residency: { countries: ["DE"] } } }, client).policy).toEqual({
      prefer: "cost",
      priceWeight: 2,
      residency: { countries: ["DE"] },
    });
  });

  it("replace the whole policy by a named one", () => {
    expect(resolveRequestOptions({ policy: "residency" }, client).policy).toEqual({
      prefer: "latency",
      priceWeight: 1,
      residency: "home",
    });
  });

  it.each([
    [null, "", "must be an object with policy or workload, got null"],
    ["cost", "", 'must be an object with policy or workload, got "cost"'],
    [["cost"], "", "must be an object with policy or workload, got an array of 1"],
    [{ sourceRegions: ["us-east-1"] }, ".sourceRegions", "is not an option; routing takes policy, workload"],
    [{ polcy: "cost" }, ".polcy", "is not an option: did you mean policy?"],
    [{ policy: null }, ".policy", 'must be "latency", "cost", "residency" or a policy object, got null'],
    [
      { policy: { residency: "global" } },
      ".policy.residency",
      'cannot be "global", which is no place: use "any" to allow global profiles, got "global"',
    ],
    [{ workload: "" }, ".workload", 'must be a label of 1 to 64 letters, digits or . : / _ -, got ""'],
  ])("are refused when they are %j", (options, at, message) => {
    expect(() => resolveRequestOptions(options, client)).toThrow(
      expect.objectContaining({ path: `routing${at}`, message: `routing${at} ${message}` }),
    );
  });
});

describe("refuseForeignPartition", () => {
  it.each([
    ["eu-central-1", ["us-east-1", "ap-southeast-2"]],
    ["us-gov-west-1", ["us-gov-east-1"]],
    ["eu-north-9", ["eu-central-1"]],
    ["us-gov-north-9", ["us-gov-east-1"]],
    ["eu-central-1", []],
  ])("lets %s call %j", (home, sourceRegions) => {
    expect(() => refuseForeignPartition(home, sourceRegions)).not.toThrow();
  });

  it.each([
    ["eu-central-1", ["us-east-1", "us-gov-west-1"], 1, "aws"],
    ["us-gov-west-1", ["us-east-1"], 0, "aws-us-gov"],
    ["us-gov-north-9", ["us-east-1"], 0, "aws-us-gov"],
  ])("does not let %s call %j: credentials do not cross partitions", (home, sourceRegions, index, partition) => {
    const path = `routing.sourceRegions[${index}]`;
    expect(() => refuseForeignPartition(home, sourceRegions)).toThrow(
      expect.objectContaining({
        path,
        message: `${path} must lie in the partition of the home Region ${home} (${partition}), got "${sourceRegions[index]}"`,
      }),
    );
  });
});

/** Options that would be fine but for one. */
function refused(bad: object, at: string, message: string): [object, string, string][] {
  return [[{ policy: "latency", ...bad }, at, message]];
}
