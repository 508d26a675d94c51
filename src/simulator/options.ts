import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import type { Guardrail } from "./account.ts";
import type { DestinationDenial } from "./denials.ts";
import type { Latency, LatencyRequest } from "./latency.ts";
import type { ApplicationProfile, ProvisionedModel } from "./model-target.ts";
import type { Quota } from "./quotas.ts";
import type { AnswerRequest } from "./world.ts";

/** A pair of access keys. */
export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How a simulator behaves. Every field has a default. */
export interface SimulatorOptions {
  /** The port on 127.0.0.1. @defaultValue 0: any free one */
  readonly port?: number;
  /**
   * How fast time passes: 1 is real time, 0.1 ten times faster, 0 does not wait at all. Latencies, quotas and rules
   * with `forMs` are in simulated time.
   * @defaultValue 1
   */
  readonly timeScale?: number;
  /** The source of time. @defaultValue the system's */
  readonly clock?: Clock;
  /** Every draw depends on it and on what the requests are, so a run repeats. @defaultValue 1 */
  readonly seed?: number;
  /** Whether rare requests take very long, as the latency lab found, up to three minutes. @defaultValue true */
  readonly tails?: boolean;
  /** How long a request takes, instead of the distributions fitted to the latency lab. */
  readonly latency?: (request: LatencyRequest) => Latency;
  /** Where the caller is: adds the round trip to each source Region. @defaultValue next to every Region */
  readonly callerRegion?: string;
  /** What the model says. @defaultValue three neutral sentences */
  readonly answer?: (request: AnswerRequest) => string;
  /** The limits of the account. @defaultValue none */
  readonly quotas?: readonly Quota[];
  /** Destination Regions that policies deny. @defaultValue none */
  readonly denials?: readonly DestinationDenial[];
  /** Which models and inference profiles exist. @defaultValue the table inside this package */
  readonly catalog?: Catalog;
  readonly applicationProfiles?: readonly ApplicationProfile[];
  readonly provisionedModels?: readonly ProvisionedModel[];
  readonly guardrails?: readonly Guardrail[];
  /** The data retention mode of each Region. @defaultValue `default` everywhere */
  readonly dataRetention?: Readonly<Record<string, string>>;
  /** The key pair whose signatures are valid. @defaultValue a fixed one, which `clientConfig()` holds */
  readonly credentials?: AccessKeys;
  /** Bedrock API keys and the Region each is bound to; `"*"` for one that works everywhere. @defaultValue none */
  readonly bearerTokens?: Readonly<Record<string, string>>;
  /** Opt-in Regions that the account has not enabled: "The security token included in the request is invalid." */
  readonly disabledRegions?: readonly string[];
  /** How many requests `requests()` and `takeRequest()` remember. @defaultValue 10000 */
  readonly keepRequests?: number;
}

/** Options with every default filled in. */
export type ResolvedSimulatorOptions = Required<Omit<SimulatorOptions, "latency" | "answer" | "callerRegion">> &
  Pick<SimulatorOptions, "latency" | "answer" | "callerRegion">;

/** Fills in the defaults. Throws a `TypeError` for an unknown option or a value that cannot be meant. */
export function resolveOptions(options: SimulatorOptions): ResolvedSimulatorOptions {
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name)) {
      throw new TypeError(
        `${name} is not an option of createSimulator; its options are ${[...optionNames].join(", ")}`,
      );
    }
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: ResolvedSimulatorOptions = { ...defaults(), ...given };
  requireNumber("timeScale", resolved.timeScale, "a number of at least 0", (value) => value >= 0);
  requireNumber("seed", resolved.seed, "a finite number", () => true);
  requireNumber(
    "port",
    resolved.port,
    "a port number",
    (value) => Number.isInteger(value) && value >= 0 && value < 65_536,
  );
  requireNumber(
    "keepRequests",
    resolved.keepRequests,
    "a positive integer",
    (value) => Number.isInteger(value) && value > 0,
  );
  return resolved;
}

function defaults(): ResolvedSimulatorOptions {
  return {
    port: 0,
    timeScale: 1,
    clock: systemClock,
    seed: 1,
    tails: true,
    quotas: [],
    denials: [],
    catalog: bundledCatalog(),
    applicationProfiles: [],
    provisionedModels: [],
    guardrails: [],
    dataRetention: {},
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
    bearerTokens: {},
    disabledRegions: [],
    keepRequests: 10_000,
  };
}

const optionNames: ReadonlySet<string> = new Set<keyof SimulatorOptions>([
  "port",
  "timeScale",
  "clock",
  "seed",
  "tails",
  "latency",
  "callerRegion",
  "answer",
  "quotas",
  "denials",
  "catalog",
  "applicationProfiles",
  "provisionedModels",
  "guardrails",
  "dataRetention",
  "credentials",
  "bearerTokens",
  "disabledRegions",
  "keepRequests",
]);

function requireNumber(name: string, value: number, expectation: string, holds: (value: number) => boolean): void {
  if (!Number.isFinite(value) || !holds(value)) {
    throw new TypeError(`${name} must be ${expectation}, got ${String(value)}`);
  }
}
