import { LRUCache } from "lru-cache";
import type { AskedFeature, Failure } from "../types/failure.ts";
import { COOLDOWNS } from "../types/failure-family.ts";
import type { Route } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";
import type { Cooling } from "./cooldowns.ts";

interface Refusal {
  readonly family: Failure["family"];
  /** Monotonic end. */
  readonly untilMs: number;
  readonly times: number;
}

const MAX_FEATURES = 200;
const NONE: readonly AskedFeature[] = Object.freeze([]);

/**
 * Routes that have refused what a request asked for, while another route is there to ask. For a while they are left to
 * requests that ask for something else.
 */
export class RefusedFeatures {
  readonly #clock: Clock;
  /** Refusals by the key of the route, for each feature. */
  readonly #refusals: LRUCache<AskedFeature, Map<string, Refusal>> = new LRUCache({ max: MAX_FEATURES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers what of the request was refused. False when the refusal names nothing that the request asks for. */
  refused({ key }: Route, { family, feature }: Failure, asked: readonly AskedFeature[]): boolean {
    const { baseMs, capMs } = COOLDOWNS.feature;
    const now = this.#clock.now();
    const refused = asked.filter((one) => one.startsWith(`${feature}=`));
    for (const one of refused) {
      const routes = this.#refusals.get(one) ?? new Map<string, Refusal>();
      const { times = 0, untilMs = now } = routes.get(key) ?? {};
      if (untilMs > now) continue;
      routes.set(key, { family, times: times + 1, untilMs: now + Math.min(capMs, baseMs * 2 ** times) });
      this.#refusals.set(one, routes);
    }
    return refused.length > 0;
  }

  /** Those of the features that any route has refused. */
  among(asked: readonly AskedFeature[]): readonly AskedFeature[] {
    if (asked.length === 0 || this.#refusals.size === 0) return NONE;
    return asked.filter((feature) => this.#refusals.get(feature) !== undefined);
  }

  /** What a request with these features has to wait for on the route; `undefined` when nothing. */
  cooling({ key }: Route, asked: readonly AskedFeature[]): Cooling | undefined {
    const now = this.#clock.now();
    let longest: Cooling | undefined;
    for (const feature of asked) {
      const { untilMs = now, family = "unsupported-feature" } = this.#refusals.peek(feature)?.get(key) ?? {};
      const forMs = untilMs - now;
      if (forMs > (longest?.forMs ?? 0)) longest = { forMs, kind: "invalid-route", family };
    }
    return longest;
  }
}
