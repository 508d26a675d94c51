import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";

/** What the strategies of the SDK know, in all of its releases. */
interface KnownStrategy {
  readonly mode?: unknown;
  readonly maxAttemptsProvider?: unknown;
  readonly maxAttempts?: unknown;
  /** Of `ConfiguredRetryStrategy`: the wait before each attempt. */
  readonly computeNextBackoffDelay?: unknown;
}

/**
 * What the retry settings of the SDK mean for requests that are routed. `maxAttempts` caps the attempts over all routes,
 * wherever it is set; of a retry strategy of the SDK its own number counts, and of a `ConfiguredRetryStrategy` its waits,
 * too. What cannot be followed is said once, when it would matter.
 */
export class RetrySettings {
  /** How long to wait before a route is tried again, in milliseconds, if the caller says so. */
  readonly waitMs: ((tries: number) => number) | undefined;
  readonly #config: BedrockRuntimeClient["config"];
  readonly #strategy: KnownStrategy | undefined;
  #warned = false;

  /** @param given - as the caller gave it; `config` is what the SDK has made of it */
  constructor(given: BedrockRuntimeClientConfig, config: BedrockRuntimeClient["config"]) {
    this.#config = config;
    this.#strategy = given.retryStrategy as KnownStrategy | undefined;
    const { computeNextBackoffDelay } = this.#strategy ?? {};
    this.waitMs =
      typeof computeNextBackoffDelay === "function"
        ? (tries) => Math.max(0, Number(computeNextBackoffDelay.call(this.#strategy, tries)) || 0)
        : undefined;
  }

  /** At least 1, whatever a provider or the environment says: as the SDK, which does not check it either. */
  async maxAttempts(): Promise<number> {
    const { maxAttemptsProvider, maxAttempts } = this.#strategy ?? {};
    const ask = [maxAttemptsProvider, maxAttempts].find((value) => typeof value === "function");
    if (this.#strategy !== undefined && ask === undefined) {
      this.#warn("the retryStrategy of the client config says no maxAttempts, and is not asked about routed requests");
    } else if ((this.#strategy === undefined ? await retryModeOf(this.#config) : this.#strategy.mode) === "adaptive") {
      this.#warn("retryMode adaptive does not slow routed requests down: a throttled one goes on to another route");
    }
    const limit =
      ask === undefined ? await this.#config.maxAttempts() : await (ask as () => unknown).call(this.#strategy);
    return Math.max(1, Number(limit) || 1);
  }

  #warn(what: string): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(`bedrock-routed-client: ${what}`, { type: "RoutingOptionsWarning" });
  }
}

async function retryModeOf({ retryMode }: BedrockRuntimeClient["config"]): Promise<unknown> {
  return typeof retryMode === "function" ? await (retryMode as () => unknown)() : retryMode;
}
