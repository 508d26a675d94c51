import { LRUCache } from "lru-cache";
import type { ResolvedGuardrails } from "../options/resolve-guardrails.ts";
import type { GuardrailReach, GuardrailRef } from "../plan/guardrail.ts";
import { guardrailDestinations } from "../profiles/guardrail-profiles.ts";
import type { EmitRoutingEvent } from "../types/events.ts";
import type { Clock } from "../util/clock.ts";
import { ask, atMost, RETRY_MS } from "./ask.ts";
import type { AskedControlPlane } from "./asked-control-plane.ts";

/** What is to be known about guardrails, and how. */
export interface GuardrailSettings {
  /** What the caller says. */
  readonly declared: ResolvedGuardrails;
  /** How long an answer of AWS counts. */
  readonly refreshMs: number;
  /** How long a request waits for the first answer about its guardrail. */
  readonly firstWaitMs: number;
}

const MOST_GUARDRAILS = 500;

interface Look {
  readonly reach: GuardrailReach | undefined;
}

/**
 * Where guardrails may be evaluated, as the caller says or as AWS answers. AWS is asked when a residency depends on it,
 * once for each guardrail until the answer has grown old; that one is used while it is asked for again.
 */
export class Guardrails {
  readonly #settings: GuardrailSettings;
  readonly #clock: Clock;
  readonly #emit: EmitRoutingEvent;
  readonly #looks: LRUCache<string, Look, GuardrailRef>;
  #connect: (() => Promise<AskedControlPlane>) | undefined;
  #controlPlane: Promise<AskedControlPlane> | undefined;

  constructor(settings: GuardrailSettings, clock: Clock, emit: EmitRoutingEvent) {
    this.#settings = settings;
    this.#clock = clock;
    this.#emit = emit;
    this.#looks = new LRUCache<string, Look, GuardrailRef>({
      max: MOST_GUARDRAILS,
      ttl: settings.refreshMs,
      allowStale: true,
      noDeleteOnStaleGet: true,
      // Not the system's time, not remembered for a millisecond, and never 0, which means "no time" there.
      perf: { now: () => clock.now() + 1 },
      ttlResolution: 0,
      fetchMethod: async (_key, stale, { context, options, signal }) => {
        const reach = await this.#ask(context, signal);
        if (reach === undefined) options.ttl = RETRY_MS;
        // What AWS said once is still the best that is known when it cannot be asked.
        return { reach: reach ?? stale?.reach };
      },
    });
  }

  /** Gives it the control plane, which is connected when it is first asked. */
  connect(connect: () => Promise<AskedControlPlane>): void {
    this.#connect = connect;
  }

  /** Where the guardrail may be evaluated; `undefined` when that is not known. */
  reachOf(guardrail: GuardrailRef): GuardrailReach | undefined {
    return this.#declared(guardrail) ?? this.#looks.peek(keyOf(guardrail), { allowStale: true })?.reach;
  }

  /**
   * Asks AWS where a guardrail may be evaluated, unless it is known.
   * @returns what a request has to wait for; `undefined` when there is an answer or nobody to ask
   */
  ready(guardrail: GuardrailRef): Promise<void> | undefined {
    if (this.#connect === undefined || this.#declared(guardrail) !== undefined) return undefined;
    const key = keyOf(guardrail);
    const known = this.#looks.peek(key, { allowStale: true });
    if (known !== undefined && this.#looks.getRemainingTTL(key) > 0) return undefined;
    const look = this.#looks.fetch(key, { context: guardrail }).catch(() => {});
    return known === undefined ? atMost(this.#clock, this.#settings.firstWaitMs, look) : undefined;
  }

  /** Asks no more. What is known stays. */
  close(): void {
    this.#controlPlane?.then((connected) => connected.close()).catch(() => {});
    this.#connect = undefined;
  }

  #declared({ id, region }: GuardrailRef): GuardrailReach | undefined {
    const { all, byName } = this.#settings.declared;
    const regions = byName[`${region}/${id}`] ?? byName[id] ?? all;
    return regions && { regions };
  }

  #ask(guardrail: GuardrailRef, given: AbortSignal): Promise<GuardrailReach | undefined> {
    const { id, region } = guardrail;
    return ask(this.#clock, given, async (signal) => {
      this.#controlPlane ??= this.#connect?.();
      const answer = await (await this.#controlPlane)?.getGuardrail(guardrail, signal);
      if (answer === undefined) return undefined;
      if ("reason" in answer) {
        this.#emit("catalog", () => ({ outcome: "failed", sourceRegion: region, ...answer }));
        return undefined;
      }
      const { profileId } = answer;
      const reach = reachBy(profileId, region);
      const where = profileId === undefined ? `in ${region} alone` : `by ${profileId}`;
      const detail = `guardrail ${id} of ${region} is evaluated ${where}`;
      this.#emit("catalog", () => ({ outcome: "refreshed", sourceRegion: region, changed: false, detail }));
      return reach;
    });
  }
}

function reachBy(profileId: string | undefined, region: string): GuardrailReach {
  if (profileId === undefined) return { regions: [] };
  const regions = guardrailDestinations(profileId, region);
  return regions === undefined ? { regions, geography: profileId.split(".", 1).join() } : { regions };
}

function keyOf({ id, version, region }: GuardrailRef): string {
  return `${region} ${id} ${version ?? ""}`;
}
