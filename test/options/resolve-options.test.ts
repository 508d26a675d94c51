import { describe, expect, it } from "vitest";
import { refuseForeignPartition, resolveOptions, resolveRequestOptions } from "../../src/options/resolve-options.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const APPLICATION = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1";
const PROVISIONED = "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p1";
const ALL_KEYS =
  "policy, residency, priceWeight, workload, profileIds, sourceRegions, endpoints, routes, guardrails, prices, backupAfterMs, hedgeAfterMs, catalog, priors, store";
const POLICIES = 'must be "latency", "cost", "throughput" or "residency"';
const DELAY = 'must be "adaptive", false or a positive number of milliseconds';
const WEIGHT = "must be a number from 0 (latency alone) to 100";
const OBJECT = 'must be false or an object with a policy, e.g. { policy: "latency" }';
const ARN_WANTED = "must be the ARN of an application inference profile or of a provisioned model";

describe("resolveOptions", () => {
  it("needs a policy and nothing else", () => {
    const options = resolveOptions({ policy: "latency" });
    expect(options).toMatchObject({
      off: false,
      policy: { prefer: "latency", priceWeight: 1, residency: "any" },
      profileIds: "boundary",
      firstByte: {
        streaming: { streaming: true, backupAfterMs: "adaptive", hedgeAfterMs: false },
        unary: { streaming: false, backupAfterMs: "adaptive", hedgeAfterMs: false },
      },
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
      policy: "cost",
      residency: "eu",
      priceWeight: 2,
      profileIds: "model",
      backupAfterMs: 5_000,
      hedgeAfterMs: "adaptive",
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
      policy: { prefer: "cost", priceWeight: 2, residency: "eu" },
      profileIds: "model",
      firstByte: { streaming: { backupAfterMs: 5_000, hedgeAfterMs: "adaptive" } },
      sourceRegions: ["us-east-1", "eu-west-1"],
      endpoints: { "eu-west-1": "http://localhost:8080" },
      routes: { [CLAUDE]: [{ modelId: APPLICATION, destinationRegions: ["eu-central-1"] }, { modelId: PROVISIONED }] },
      workload: "team/chat:v1.2_x-y",
    });
    expect(options.catalog()).toBe(catalog);
  });

  it.each([
    [undefined, "", `${OBJECT}, got undefined`],
    [null, "", `${OBJECT}, got null`],
    [true, "", `${OBJECT}, got true`],
    ["latency", "", `${OBJECT}, got "latency"`],
    [[], "", `${OBJECT}, got an empty array`],
    [{}, ".policy", `${POLICIES}, got undefined`],
    ...refused({ policy: null }, ".policy", `${POLICIES}, got null`),
    ...refused({ policy: 7 }, ".policy", `${POLICIES}, got 7`),
    ...refused({ policy: "latancy" }, ".policy", `${POLICIES}, got "latancy" (did you mean "latency"?)`),
    ...refused({ policy: "Cost" }, ".policy", `${POLICIES}, got "Cost" (did you mean "cost"?)`),
    ...refused({ policy: "fast" }, ".policy", `${POLICIES}, got "fast"`),
    ...refused({ policy: "toString" }, ".policy", `${POLICIES}, got "toString"`),
    ...refused({ policy: "eu" }, ".policy", `${POLICIES}, got "eu" (did you mean policy: "latency", residency: "eu"?)`),
    ...refused(
      { policy: "Germany" },
      ".policy",
      `${POLICIES}, got "Germany" (did you mean policy: "latency", residency: { countries: ["DE"] }?)`,
    ),
    ...refused(
      { policy: { prefer: "latency", residency: "eu" } },
      ".policy",
      `${POLICIES}; residency and priceWeight stand beside it, got an object with keys ["prefer","residency"]`,
    ),
    ...refused({ prefer: "cost" }, ".prefer", "is not an option: did you mean policy?"),
    ...refused({ hedge: true }, ".hedge", "is not an option: did you mean hedgeAfterMs?"),
    ...refused({ regions: [] }, ".regions", "is not an option: did you mean sourceRegions?"),
    ...refused({ residenci: "eu" }, ".residenci", "is not an option: did you mean residency?"),
    ...refused({ priceWeight: -0.1 }, ".priceWeight", `${WEIGHT}, got -0.1`),
    ...refused({ priceWeight: 101 }, ".priceWeight", `${WEIGHT}, got 101`),
    ...refused({ priceWeight: Number.NaN }, ".priceWeight", `${WEIGHT}, got NaN`),
    ...refused({ priceWeight: "1" }, ".priceWeight", `${WEIGHT}, got "1"`),
    ...refused(
      { policy: "cost", priceWeight: 0 },
      ".priceWeight",
      'must not be 0 (latency alone) when the policy is "cost", got 0',
    ),
    ...refused(
      { policy: "residency", residency: "any" },
      ".residency",
      'must not be "any" when the policy is "residency", got "any"',
    ),
    ...refused(
      { profileIds: "models" },
      ".profileIds",
      'must be "boundary" or "model", got "models" (did you mean "model"?)',
    ),
    ...refused({ backupAfterMs: 0 }, ".backupAfterMs", `${DELAY}, got 0`),
    ...refused({ backupAfterMs: Number.NaN }, ".backupAfterMs", `${DELAY}, got NaN`),
    ...refused({ backupAfterMs: "5s" }, ".backupAfterMs", `${DELAY}, got "5s"`),
    ...refused({ hedgeAfterMs: true }, ".hedgeAfterMs", `${DELAY}, got true`),
    ...refused({ hedgeAfterMs: -5 }, ".hedgeAfterMs", `${DELAY}, got -5`),
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
      `must be named by a foundation-model id, got "eu.${CLAUDE}" (did you mean "${CLAUDE}"?)`,
    ),
    ...refused(
      { routes: { [`arn:aws:bedrock:eu-central-1::foundation-model/${CLAUDE}`]: [] } },
      `.routes["arn:aws:bedrock:eu-central-1::foundation-model/${CLAUDE}"]`,
      `must be named by a foundation-model id, got "arn:aws:bedrock:eu-central-1::foundation-model/${CLAUDE}" (did you mean "${CLAUDE}"?)`,
    ),
    ...refused({ routes: { claude: [] } }, ".routes.claude", 'must be named by a foundation-model id, got "claude"'),
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
      "is not an option: did you mean modelId?",
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
    ...refused({ catalog: null }, ".catalog", 'must be "auto", "bundled", "live", { live: … } or a Catalog, got null'),
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

  it("gives the home geography to the policy of that name, unless a residency is given", () => {
    expect(resolveOptions({ policy: "residency" }).policy).toMatchObject({ prefer: "latency", residency: "home" });
    expect(resolveOptions({ policy: "residency", residency: "eu" }).policy).toMatchObject({ residency: "eu" });
    expect(resolveOptions({ policy: "throughput", priceWeight: 0 }).policy).toEqual({
      prefer: "throughput",
      priceWeight: 0,
      residency: "any",
    });
  });

  it("waits no longer than a timer can, which would otherwise go off at once", () => {
    const { firstByte } = resolveOptions({ policy: "latency", backupAfterMs: 1e12, hedgeAfterMs: 1e12 });
    expect(firstByte.streaming).toMatchObject({ backupAfterMs: 2_147_483_647, hedgeAfterMs: 2_147_483_647 });
  });

  it("asks AWS only when told to", () => {
    const liveOf = (catalog: unknown): object => resolveOptions({ policy: "latency", catalog }).live;
    expect(liveOf(undefined)).toMatchObject({ auto: true, listing: false });
    expect(liveOf("auto")).toMatchObject({ auto: true, listing: false });
    expect(liveOf("bundled")).toMatchObject({ auto: false, listing: false });
    expect(liveOf("live")).toMatchObject({ auto: false, listing: true });
  });

  it("is off when it is false, and then asks nobody", () => {
    expect(resolveOptions(false)).toMatchObject({
      off: true,
      policy: { residency: "any" },
      live: { auto: false, listing: false },
    });
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
  const client = resolveOptions({ policy: "cost", priceWeight: 2, residency: "eu", workload: "chat" });

  it("are the client's when absent", () => {
    expect(resolveRequestOptions(undefined, client)).toBe(client);
    expect(resolveRequestOptions({}, client)).toEqual({ policy: client.policy, workload: "chat" });
  });

  it("replace the workload and leave the policy alone", () => {
    expect(resolveRequestOptions({ workload: "batch" }, client)).toEqual({ policy: client.policy, workload: "batch" });
  });

  it("replace what they name of the policy, and add no residency unless they name one", () => {
    expect(resolveRequestOptions({ policy: "latency" }, client).policy).toEqual({
      prefer: "latency",
      priceWeight: 2,
      residency: "any",
    });
    expect(resolveRequestOptions({ residency: { countries: ["DE"] } }, client).policy).toEqual({
      prefer: "cost",
      priceWeight: 2,
      residency: { countries: ["DE"] },
    });
    expect(resolveRequestOptions({ policy: "residency", priceWeight: 1 }, client).policy).toEqual({
      prefer: "latency",
      priceWeight: 1,
      residency: "home",
    });
  });

  it("may name the one route to take, or none", () => {
    expect(resolveRequestOptions({ route: "off" }, client)).toEqual({
      policy: client.policy,
      workload: "chat",
      route: "off",
    });
    expect(resolveRequestOptions({ route: `eu.${CLAUDE}` }, client).route).toBe(`eu.${CLAUDE}`);
  });

  it.each([
    [null, "", "must be an object with policy, residency, priceWeight, workload or route, got null"],
    ["cost", "", 'must be an object with policy, residency, priceWeight, workload or route, got "cost"'],
    [false, "", "must be an object with policy, residency, priceWeight, workload or route, got false"],
    [
      { sourceRegions: ["us-east-1"] },
      ".sourceRegions",
      "is not an option; routing takes policy, residency, priceWeight, workload, route",
    ],
    [{ polcy: "cost" }, ".polcy", "is not an option: did you mean policy?"],
    [{ policy: null }, ".policy", `${POLICIES}, got null`],
    [{ route: "" }, ".route", 'must be "off", a profile id or the key of a route, got ""'],
    [{ route: false }, ".route", 'must be "off", a profile id or the key of a route, got false'],
    [
      { residency: "global" },
      ".residency",
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
