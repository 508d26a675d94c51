import { Dispatcher } from "../../src/dispatch/dispatch.ts";
import { makeBudgets, TokenBudget } from "../../src/dispatch/token-budget.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { Router } from "../../src/router/router.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { Tracers } from "../../src/router/tracers.ts";
import type { EmitRoutingEvent, RoutingEvents } from "../../src/types/events.ts";
import { Chance } from "../support/chance.ts";
import { checkCase } from "./check-case.ts";
import { checkClient, RETRY_TOKENS } from "./check-client.ts";
import { FastClock } from "./fast-clock.ts";
import { ERROR_MARK, PROMPT_MARK } from "./fault-errors.ts";
import type { CaseRecord } from "./record.ts";
import { runCase } from "./run-case.ts";
import { scenarioOf } from "./scenario.ts";
import type { Tally } from "./tally.ts";

/** Something that must never happen, and how to see it again. */
export interface Violation {
  readonly seed: number;
  readonly scenario: number;
  /** Number of the request within the scenario; undefined when the rule is about all of them. */
  readonly request: number | undefined;
  readonly rule: string;
  readonly detail: string;
}

/** Runs the requests of one scenario on one client, on a clock of its own, and checks every invariant. */
export async function runScenario(
  seed: number,
  index: number,
  tally: Tally,
  trace: (line: () => string) => void = () => {},
): Promise<readonly Violation[]> {
  const scenario = scenarioOf(seed, index);
  const violations: Violation[] = [];
  const note = (request: number | undefined, rule: string, detail: string): void => {
    violations.push({ seed, scenario: index, request, rule, detail });
    trace(() => `VIOLATED: ${rule} (${detail})`);
  };
  const clock = new FastClock();
  const emitter = new RoutingEmitter();
  for (const name of ["plan", "attempt", "failover", "backup", "cooldown"] as const) {
    const seen = new WeakSet<object>();
    emitter.on(name, (event: RoutingEvents[typeof name]) => {
      if ("plan" in event) {
        if (seen.has(event.plan)) return;
        seen.add(event.plan);
      }
      const text = JSON.stringify(event);
      if (text.includes(PROMPT_MARK) || text.includes(ERROR_MARK))
        note(undefined, "no event holds prompt or error text", text);
      if (name === "cooldown") tally.cooldowns += 1;
    });
  }
  const emit: EmitRoutingEvent = (name, event) => emitter.emit(name, event);
  const random = new Chance(seed, index, 3).next;
  const health = new RouteHealth(clock, random, emit);
  const budgets = { ...makeBudgets(), retry: new TokenBudget({ burst: RETRY_TOKENS, perRequest: 0 }) };
  const parts = { clock, random, health, budgets, emit };
  const dispatcher = new Dispatcher(parts);
  const router = new Router(resolveOptions(scenario.options), {
    clock,
    health,
    dispatcher,
    emit,
    tracers: new Tracers(),
  });
  const records: CaseRecord[] = [];
  const violated = (record: CaseRecord, rule: string, detail: string): void =>
    note(scenario.cases.indexOf(record.case), rule, detail);
  const around = { scenario, router, parts, clock, violated, trace };
  let running = scenario.cases.length;
  for (const [number, request] of scenario.cases.entries()) {
    runCase(request, around, new Chance(seed, index, 4, number)).then(
      (record) => {
        running -= 1;
        records.push(record);
      },
      (error: unknown) => {
        running -= 1;
        note(
          number,
          "a request ends in an output or in an error of its own",
          error instanceof Error ? `${error.stack}` : String(error),
        );
      },
    );
  }
  await turn();
  while (running > 0 && clock.next()) await turn();
  if (running > 0) note(undefined, "every request ends", `${running} of ${scenario.cases.length} still wait`);
  for (const record of records) {
    checkCase(record, violated);
    tally.add(record);
  }
  checkClient(records, health.stats(), (rule, detail) => note(undefined, rule, detail));
  return violations;
}

/** Lets everything happen that does not need time. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
