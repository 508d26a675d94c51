import { assertReply, type Reply } from "./fault.ts";
import { isModelOperation } from "./operations.ts";
import { matchesRequest, type RecordedRequest, type RequestMatch } from "./recorded-request.ts";
import { draw } from "./seeded-random.ts";

/** A standing order: which requests get which fault, and for how long. */
export interface Rule {
  /** Without an `operation`, the operations that call a model; the control plane is another endpoint. */
  readonly match?: RequestMatch;
  readonly fault: Reply;
  /** How many requests get it. @defaultValue all */
  readonly times?: number;
  /** For how long from now on, in simulated milliseconds. @defaultValue until it is removed */
  readonly forMs?: number;
  /** Which share of the matching requests gets it, between 0 and 1. Drawn from the seed. @defaultValue 1 */
  readonly probability?: number;
}

/** A rule in force. */
export interface RuleHandle {
  /** Whether the rule still has effect. */
  readonly active: boolean;
  /** How many requests got the fault so far. */
  readonly used: number;
  remove(): void;
  [Symbol.dispose](): void;
}

/** What to answer, by script: a queue for the next requests, then the rules in the order in which they were made. */
export class Script {
  readonly #seed: number;
  readonly #now: () => number;
  #queue: readonly Reply[] = [];
  #rules: readonly StandingRule[] = [];
  #made = 0;

  constructor(seed: number, now: () => number) {
    this.#seed = seed;
    this.#now = now;
  }

  enqueue(replies: readonly Reply[]): void {
    for (const [index, reply] of replies.entries()) assertReply(reply, `enqueue(…)[${index}]`);
    this.#queue = [...this.#queue, ...replies];
  }

  rule(rule: Rule): RuleHandle {
    assertReply(rule.fault, "rule.fault");
    this.#made += 1;
    const standing = new StandingRule(rule, this.#made, this.#now);
    this.#rules = [...this.#rules, standing];
    const remove = (): void => {
      this.#rules = this.#rules.filter((other) => other !== standing);
      standing.removed = true;
    };
    return {
      get active() {
        return standing.isActive();
      },
      get used() {
        return standing.used;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  clear(): void {
    this.#queue = [];
    for (const rule of this.#rules) rule.removed = true;
    this.#rules = [];
  }

  /** The reply for a request, if the script has one. Only a request that calls a model takes from the queue. */
  next(request: RecordedRequest): Reply | undefined {
    if (request.operation !== undefined && isModelOperation(request.operation)) {
      const [head, ...rest] = this.#queue;
      if (head !== undefined) {
        this.#queue = rest;
        return head;
      }
    }
    const rule = this.#rules.find((candidate) => candidate.isActive() && candidate.applies(request, this.#seed));
    if (rule === undefined) return undefined;
    rule.used += 1;
    return rule.fault;
  }
}

class StandingRule {
  readonly #rule: Rule;
  readonly #number: number;
  readonly #now: () => number;
  readonly #madeAt: number;
  used = 0;
  removed = false;

  constructor(rule: Rule, number: number, now: () => number) {
    this.#rule = rule;
    this.#number = number;
    this.#now = now;
    this.#madeAt = now();
  }

  get fault(): Reply {
    return this.#rule.fault;
  }

  isActive(): boolean {
    const { times = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = this.#rule;
    return !this.removed && this.used < times && this.#now() - this.#madeAt < forMs;
  }

  applies(request: RecordedRequest, seed: number): boolean {
    const { match = {}, probability = 1 } = this.#rule;
    const meansModels = match.operation === undefined;
    if (meansModels && (request.operation === undefined || !isModelOperation(request.operation))) return false;
    if (!matchesRequest(request, match)) return false;
    return probability >= 1 || draw(seed, "rule", this.#number, request.number) < probability;
  }
}
