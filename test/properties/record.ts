import type { DispatchResult } from "../../src/dispatch/dispatch.ts";
import type { Slice } from "../../src/health/route-track.ts";
import type { RoutingEvents } from "../../src/types/events.ts";
import type { Plan } from "../../src/types/plan.ts";
import type { Caller } from "./caller.ts";
import type { Case, Scenario } from "./scenario.ts";
import type { Send } from "./scripted-service.ts";

/** Everything that was seen of one request, for the invariants to look at. */
export class CaseRecord {
  readonly scenario: Scenario;
  readonly case: Case;
  readonly caller: Caller;
  /** Keys of the routes that it may take; undefined when the model is unknown. */
  readonly allowed: ReadonlySet<string> | undefined;
  plan: Plan | undefined;
  slice: Slice | undefined;
  /** In the order of their start. */
  readonly sends: Send[] = [];
  /** Sends whose attempt was told to have ended, in that order. */
  readonly ended: Send[] = [];
  /** Attempt events that belong to no send. */
  strays = 0;
  failovers = 0;
  readonly backups: RoutingEvents["backup"]["because"][] = [];
  /** Of these, the ones that are a failover to a healthy route and need no token. */
  freeBackups = 0;
  backoffs = 0;
  /** Attempts that the budgets granted, and retries that they refused. */
  readonly granted: Record<"retry" | "backup" | "hedge", number> = { retry: 0, backup: 0, hedge: 0 };
  retryTokens = 0;
  refusedRetries = 0;
  announced: Send["announced"];
  result: DispatchResult | undefined;
  settledAtMs: number | undefined;
  /** Sends of which the end had not been told when the request was over. */
  openAtSettling = 0;
  /** What the caller read of the stream, and how that ended. */
  readonly read: unknown[] = [];
  readEnd: { readonly how: "complete" | "stopped" } | { readonly how: "error"; readonly error: unknown } | undefined;

  constructor(scenario: Scenario, request: Case, caller: Caller, allowed: ReadonlySet<string> | undefined) {
    this.scenario = scenario;
    this.case = request;
    this.caller = caller;
    this.allowed = allowed;
  }

  /** Attempts under way. */
  get live(): readonly Send[] {
    return this.sends.filter(({ end }) => end === undefined);
  }

  /** Keys of the allowed routes to which nothing was sent yet. */
  get untried(): readonly string[] {
    return [...(this.allowed ?? [])].filter((key) => !this.sends.some(({ route }) => route.key === key));
  }

  /** How many attempts it may make. */
  get cap(): number {
    const { maxAttempts, replayable } = this.case;
    return maxAttempts.fails || !replayable ? 1 : maxAttempts.value;
  }

  /** How many attempts it may make beyond that: as many as were refused by routes that it does not name, or by the clock. */
  get owed(): number {
    if (!this.case.replayable) return 0;
    return this.ended.filter(({ end }) => end?.event.outcome === "invalid-route" || end?.event.family === "clock-skew")
      .length;
  }

  /** The send whose answer the caller got. That of a stream comes in a copy, with the same metadata in it. */
  get winner(): Send | undefined {
    const { result } = this;
    if (!result?.succeeded) return undefined;
    const { $metadata } = result.output as { readonly $metadata?: unknown };
    return this.sends.find(({ output }) => output !== undefined && output.$metadata === $metadata);
  }

  /** Aborted before it was over, or at that very time. */
  get abortedBefore(): boolean {
    const { abortedAtMs } = this.caller;
    return abortedAtMs !== undefined && this.settledAtMs !== undefined && abortedAtMs <= this.settledAtMs;
  }
}

/** Notes that something happened which must not. */
export type Violated = (record: CaseRecord, rule: string, detail: string) => void;
