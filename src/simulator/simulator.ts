// The room simulator/: a Bedrock on loopback. Its one door is `index.ts`; `cli/` uses no other.

import { listen } from "../util/listen.ts";
import type { Account } from "./account.ts";
import { type DenialHandle, Denials, type DestinationDenial } from "./denials.ts";
import type { Reply } from "./fault.ts";
import { Journal } from "./journal.ts";
import type { ModelWorld } from "./model-target.ts";
import { type AccessKeys, resolveOptions, type SimulatorOptions } from "./options.ts";
import { type Quota, Quotas } from "./quotas.ts";
import type { RecordedRequest, RequestMatch } from "./recorded-request.ts";
import { type Rule, type RuleHandle, Script } from "./script.ts";
import { serve } from "./serve.ts";
import { simulatedTime } from "./simulated-time.ts";
import type { World } from "./world.ts";

/** What a client of the AWS SDK needs to call the simulator. */
export interface SimulatedClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: AccessKeys;
}

/** An Amazon Bedrock on loopback: every Region, control plane and data plane, on one port. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. One endpoint for all Regions: the signature tells which one is called. */
  readonly url: string;
  readonly port: number;
  /** An endpoint that belongs to one Region, for callers whose requests do not tell theirs: those with API keys. */
  endpoint(region: string): string;
  /** A config for `BedrockRuntimeClient` and `BedrockClient`. @defaultValue of `region`: us-east-1 */
  clientConfig(overrides?: { readonly region?: string }): SimulatedClientConfig;
  /** Gives the next requests that call a model these replies, one each, before any rule. */
  enqueue(...replies: readonly Reply[]): void;
  /** Gives all matching requests a fault, from now on. */
  rule(rule: Rule): RuleHandle;
  /** Empties the queue and removes all rules. */
  clearScript(): void;
  /** Adds or changes a limit. */
  setQuota(quota: Quota): void;
  /** Changes what exists, from now on: profiles that appear or are withdrawn, in a table of your own. */
  change(world: Partial<ModelWorld & Account>): void;
  /** Denies destination Regions by policy. */
  denyDestinations(denial: DestinationDenial): DenialHandle;
  /** The oldest request that was not taken yet, or the next one to arrive. */
  takeRequest(match?: RequestMatch, options?: { readonly signal?: AbortSignal }): Promise<RecordedRequest>;
  /** What was received, oldest first. */
  requests(match?: RequestMatch): readonly RecordedRequest[];
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an Amazon Bedrock look-alike that the AWS SDK cannot tell from the service.
 *
 * @example
 * ```ts
 * const simulator = await createSimulator({ timeScale: 0 });
 * const client = new BedrockRuntimeClient(simulator.clientConfig({ region: "eu-central-1" }));
 * simulator.enqueue({ kind: "throttle" });
 * // … exercise the failover …
 * await simulator.close();
 * ```
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const time = simulatedTime(resolved.clock, resolved.timeScale);
  const now = (): number => time.now();
  const world: World = {
    catalog: resolved.catalog,
    applicationProfiles: resolved.applicationProfiles,
    provisionedModels: resolved.provisionedModels,
    guardrails: resolved.guardrails,
    dataRetention: resolved.dataRetention,
    identities: {
      ...resolved.credentials,
      bearerTokens: resolved.bearerTokens,
      disabledRegions: new Set(resolved.disabledRegions),
    },
    time,
    seed: resolved.seed,
    tails: resolved.tails,
    callerRegion: resolved.callerRegion,
    latency: resolved.latency,
    answer: resolved.answer,
    quotas: new Quotas(resolved.quotas, now),
    denials: new Denials(),
    script: new Script(resolved.seed, now),
    journal: new Journal(resolved.keepRequests),
    responses: new Map(),
    useCounts: new Map(),
    closing: false,
  };
  for (const denial of resolved.denials) world.denials.deny(denial);
  const listener = await listen(resolved.port, (exchange) => void serve(exchange, world));
  const url = `http://127.0.0.1:${listener.port}`;
  const close = (): Promise<void> => {
    world.closing = true;
    return listener.close();
  };

  return {
    url,
    port: listener.port,
    endpoint: (region) => `${url}/regions/${region}`,
    clientConfig: ({ region = "us-east-1" } = {}) => ({
      region,
      endpoint: url,
      credentials: { ...resolved.credentials },
    }),
    enqueue: (...replies) => world.script.enqueue(replies),
    rule: (rule) => world.script.rule(rule),
    clearScript: () => world.script.clear(),
    setQuota: (quota) => world.quotas.set(quota),
    change: ({ catalog, applicationProfiles, provisionedModels, guardrails, dataRetention }) => {
      if (catalog !== undefined) world.catalog = catalog;
      if (applicationProfiles !== undefined) world.applicationProfiles = applicationProfiles;
      if (provisionedModels !== undefined) world.provisionedModels = provisionedModels;
      if (guardrails !== undefined) world.guardrails = guardrails;
      if (dataRetention !== undefined) world.dataRetention = dataRetention;
    },
    denyDestinations: (denial) => world.denials.deny(denial),
    takeRequest: (match = {}, { signal } = {}) => world.journal.take(match, signal),
    requests: (match = {}) => world.journal.requests(match),
    close,
    [Symbol.asyncDispose]: close,
  };
}
