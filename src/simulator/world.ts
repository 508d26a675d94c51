import type { Account } from "./account.ts";
import type { Identities } from "./authenticate.ts";
import type { Denials } from "./denials.ts";
import type { Journal } from "./journal.ts";
import type { Latency, LatencyRequest } from "./latency.ts";
import type { ModelWorld } from "./model-target.ts";
import type { Quotas } from "./quotas.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Script } from "./script.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/** What the `answer` option sees of a request. */
export interface AnswerRequest extends RecordedRequest {
  /** The text of the last user message. */
  readonly prompt: string;
}

/** Everything that an answer depends on beside the request itself. */
export interface World extends ModelWorld, Account {
  catalog: ModelWorld["catalog"];
  applicationProfiles: ModelWorld["applicationProfiles"];
  provisionedModels: ModelWorld["provisionedModels"];
  guardrails: Account["guardrails"];
  dataRetention: Account["dataRetention"];
  readonly identities: Identities;
  readonly time: SimulatedTime;
  readonly seed: number;
  readonly tails: boolean;
  readonly callerRegion: string | undefined;
  readonly latency: ((request: LatencyRequest) => Latency) | undefined;
  readonly answer: ((request: AnswerRequest) => string) | undefined;
  readonly quotas: Quotas;
  readonly denials: Denials;
  readonly script: Script;
  readonly journal: Journal;
  /** Responses that were stored, by source Region and id. */
  readonly responses: Map<string, object>;
  /** How many requests a (source Region, `modelId`) has had: what their draws are keyed by. */
  readonly useCounts: Map<string, number>;
  /** Whether the simulator is being closed: a connection that ends now was not ended by its client. */
  closing: boolean;
}
