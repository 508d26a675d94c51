import type { Rule } from "../../src/simulator/index.ts";

/** A route as peers are given it. */
export interface Target {
  readonly region: string;
  readonly modelId: string;
}

/** What happens, and what contenders know of it beforehand. */
export interface Scenario {
  readonly name: string;
  /** For the page. */
  readonly what: string;
  /** What a contender that takes a list of routes is given, best first. */
  readonly targets: readonly Target[];
  /** What a contender that knows residency is given. */
  readonly residency?: string;
  /** The time limit of one attempt, for those who have such an option of their own. */
  readonly attemptTimeoutMs?: number;
  readonly rules: readonly Rule[];
  /** Share of the requests to the first route that say nothing for `TAIL_MS`. */
  readonly tailShare?: number;
  /** Requests in calm ahead of the fault; they are not counted. */
  readonly before: number;
  readonly requests: number;
  /** How often all of it is done, each time with another seed and fresh clients. @defaultValue 1 */
  readonly rounds?: number;
  /** How many at once. */
  readonly concurrency: number;
  /** The right end of a request. @defaultValue "answer" */
  readonly rightEnd?: "answer" | "error";
}

export const MODEL = "anthropic.claude-sonnet-4-6";
export const HOME_REGION = "eu-central-1";
export const SECOND_REGION = "eu-west-1";
/** After that the caller gives up, whoever is asked. */
export const LIMIT_MS = 15_000;
export const ATTEMPT_TIMEOUT_MS = 3_000;
export const TAIL_MS = 8_000;

const HOME: Target = { region: HOME_REGION, modelId: `eu.${MODEL}` };
const GLOBAL: Target = { region: HOME_REGION, modelId: `global.${MODEL}` };
const NEXT: Target = { region: SECOND_REGION, modelId: `eu.${MODEL}` };
const NEXT_GLOBAL: Target = { region: SECOND_REGION, modelId: `global.${MODEL}` };
/** Every route that the two Regions have, the fastest first. This library finds the same ones. */
const LIST = [HOME, NEXT, GLOBAL, NEXT_GLOBAL];

const first = { sourceRegion: HOME.region, modelId: HOME.modelId };
const usual = { targets: LIST, rules: [], before: 8, requests: 32, concurrency: 4 };

/** The run against which added waits are measured. */
export const CALM = "calm";
/** The run in which each extra call is a wrong failover. */
export const BAD_REQUEST = "bad request";

/** Ahead of everything, and not counted. */
export const WARM_UP: Scenario = { ...usual, name: "warm-up", what: "", requests: 12 };

/** Everything that is tried, in the order of the page. */
export const SCENARIOS: readonly Scenario[] = [
  { ...usual, name: CALM, what: "Nothing happens.", requests: 64 },
  {
    ...usual,
    name: "throttled profile",
    what: "The geographic profile is throttled in the home Region: 429 for every call.",
    rules: [{ match: first, fault: { kind: "throttle" } }],
  },
  {
    ...usual,
    name: "invalid profile id",
    what: 'The home Region does not know the geographic profile: "The provided model identifier is invalid."',
    rules: [{ match: first, fault: { kind: "invalid-model-id" } }],
  },
  {
    ...usual,
    name: BAD_REQUEST,
    what: 'Every route answers 400, "Input is too long for requested model." One call and the error is right; each further call is a wrong failover.',
    rules: [
      {
        fault: {
          kind: "error",
          name: "ValidationException",
          status: 400,
          message: "Input is too long for requested model.",
        },
      },
    ],
    rightEnd: "error",
  },
  {
    ...usual,
    name: "route down",
    what: "The geographic profile answers 503 in the home Region.",
    rules: [{ match: first, fault: { kind: "service-unavailable" } }],
  },
  {
    ...usual,
    name: "home Region down",
    what: "Every call to the home Region answers 503.",
    rules: [{ match: { sourceRegion: HOME_REGION }, fault: { kind: "service-unavailable" } }],
  },
  {
    ...usual,
    name: "first-frame error",
    what: "The geographic profile answers 200 in the home Region, and the first frame of the stream is a `throttlingException`.",
    rules: [{ match: first, fault: { kind: "first-frame-exception", exception: "throttlingException" } }],
  },
  {
    ...usual,
    name: "hang, as they come",
    what: "The geographic profile says nothing in the home Region. Nobody has set a time limit but the caller.",
    rules: [{ match: first, fault: { kind: "hang" } }],
    requests: 16,
  },
  {
    ...usual,
    name: "hang, time limits set",
    what: `The same; who has an option for the time of one attempt has it set to ${ATTEMPT_TIMEOUT_MS / 1_000} s (\`requestTimeout\` of the SDK's request handler, \`request_timeout\` of Portkey; the limits of the AI SDK end the whole request, so it has a \`fetch\` that waits no longer for a response). This library is left as it comes.`,
    rules: [{ match: first, fault: { kind: "hang" } }],
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    requests: 16,
  },
  {
    ...usual,
    name: "heavy tail",
    what: `5 % of the calls to the geographic profile in the home Region say nothing for ${TAIL_MS / 1_000} s.`,
    tailShare: 0.05,
    requests: 100,
    rounds: 3,
    concurrency: 8,
  },
  {
    ...usual,
    name: "EU only, one throttled",
    what: "Inference has to stay in the EU, and the profile of the home Region is throttled. The lists hold geographic profiles alone.",
    targets: [HOME, NEXT],
    residency: "eu",
    rules: [{ match: first, fault: { kind: "throttle" } }],
  },
  {
    ...usual,
    name: "EU only, both throttled",
    what: "The geographic profile is throttled in both Regions, and the list still holds the global one. Peers have nothing that would refuse it; this library has `residency`. An error is right; an answer from the global profile counts as right as well, and its call as one that may leave the EU.",
    residency: "eu",
    rules: [{ match: { modelId: HOME.modelId }, fault: { kind: "throttle" } }],
    rightEnd: "error",
  },
  {
    ...usual,
    name: "error after content",
    what: "The stream breaks with `modelStreamErrorException` after two pieces of text. The error is right: an answer that goes on with another one's text is broken.",
    rules: [
      {
        match: first,
        fault: { kind: "mid-stream-exception", exception: "modelStreamErrorException", afterContentEvents: 2 },
      },
    ],
    rightEnd: "error",
  },
  {
    ...usual,
    name: "cut off after content",
    what: "The stream ends cleanly after two pieces of text, without its last events. An error is right: half an answer that looks whole is broken.",
    rules: [{ match: first, fault: { kind: "end-early", afterContentEvents: 2 } }],
    rightEnd: "error",
  },
];
