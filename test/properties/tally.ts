import { mix } from "../support/chance.ts";
import type { CaseRecord } from "./record.ts";
import { textHash } from "./weather.ts";

/** What a run went through. Adds up over processes. */
export class Tally {
  scenarios = 0;
  cases = 0;
  sends = 0;
  succeeded = 0;
  failed = 0;
  /** Refused before anything was sent, because no route was allowed. */
  withoutRoute = 0;
  unknownModel = 0;
  failovers = 0;
  backups = 0;
  backupsWon = 0;
  hedges = 0;
  backoffs = 0;
  cooldowns = 0;
  budgetRefusals = 0;
  aborted = 0;
  streamsCut = 0;
  streamsStopped = 0;
  outcomes: Record<string, number> = {};
  /** Of requests that were sent. */
  readonly models: Set<string> = new Set();
  readonly homeRegions: Set<string> = new Set();
  readonly routes: Set<string> = new Set();
  /** The same for the same cases, in whatever order and in however many processes they ran. */
  digest = 0;

  add(record: CaseRecord): void {
    const { sends, ended, result, backups, plan, settledAtMs, caller } = record;
    this.cases += 1;
    this.sends += sends.length;
    if (plan === undefined) this.unknownModel += 1;
    else if (result === undefined) this.withoutRoute += 1;
    else if (result.succeeded) this.succeeded += 1;
    else this.failed += 1;
    this.failovers += record.failovers;
    this.backoffs += record.backoffs;
    const hedges = backups.filter((because) => because === "hedge").length;
    this.hedges += hedges;
    this.backups += backups.length - hedges;
    if (record.winner?.announced === "backup") this.backupsWon += 1;
    this.budgetRefusals += record.refusedRetries;
    if (caller.abortedAtMs !== undefined && result !== undefined) this.aborted += 1;
    if (record.readEnd?.how === "error") this.streamsCut += 1;
    if (record.readEnd?.how === "stopped") this.streamsStopped += 1;
    if (plan !== undefined && sends.length > 0) {
      if (record.case.naming.as !== "resource") this.models.add(plan.model);
      this.homeRegions.add(plan.homeRegion);
    }
    let story = mix(sends.length * 31 + record.read.length);
    for (const { route } of sends) {
      this.routes.add(route.key);
      story = mix(story ^ textHash(route.key));
    }
    for (const { end } of ended) {
      const outcome = end?.event.outcome ?? "";
      this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
      story = mix(story ^ textHash(outcome));
    }
    this.digest = (this.digest + mix(story ^ Math.round((settledAtMs ?? -1) * 1_000))) >>> 0;
  }

  /** As a message between processes. */
  toJSON(): TallyFigures {
    const { models, homeRegions, routes, ...figures } = this;
    return { ...figures, models: [...models], homeRegions: [...homeRegions], routes: [...routes] };
  }

  /** Adds what another process went through. */
  addFigures({ models, homeRegions, routes, outcomes, digest, ...counts }: TallyFigures): void {
    for (const model of models) this.models.add(model);
    for (const region of homeRegions) this.homeRegions.add(region);
    for (const route of routes) this.routes.add(route);
    for (const [outcome, count] of Object.entries(outcomes)) {
      this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + count;
    }
    this.digest = (this.digest + digest) >>> 0;
    for (const [name, count] of Object.entries(counts)) (this as unknown as Record<string, number>)[name]! += count;
  }
}

/** A {@link Tally} as JSON. */
export type TallyFigures = Omit<Tally, "models" | "homeRegions" | "routes" | "add" | "addFigures" | "toJSON"> & {
  readonly models: readonly string[];
  readonly homeRegions: readonly string[];
  readonly routes: readonly string[];
};
