import { medianOf } from "./median.ts";
import { startWorker } from "./processes.ts";

/** CPU time of the first request of a process, in milliseconds. */
export interface FirstFailoverFigures {
  /** Answered by the first route. */
  readonly ordinaryMs: number;
  /** Throttled on the first route, answered by the second. */
  readonly failedOverMs: number;
  /** By how much the plain client's first request is dearer when all three of its attempts are throttled. */
  readonly plainThrottledExtraMs: number;
}

/** Compares first requests, each in a process of its own. */
export async function measureFirstFailover(rounds: number): Promise<FirstFailoverFigures> {
  const kinds = {
    ordinary: { subject: "routed", throttled: false },
    failedOver: { subject: "routed", throttled: true },
    plainOrdinary: { subject: "plain", throttled: false },
    plainThrottled: { subject: "plain", throttled: true },
  };
  const took: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, settings] of Object.entries(kinds)) {
      const worker = startWorker("first-request", settings);
      took[kind] ??= [];
      took[kind].push((await worker.ask<number>()) / 1_000);
      await worker.end();
    }
  }
  const ms = (kind: keyof typeof kinds): number => medianOf(took[kind] ?? []);
  return {
    ordinaryMs: ms("ordinary"),
    failedOverMs: ms("failedOver"),
    plainThrottledExtraMs: ms("plainThrottled") - ms("plainOrdinary"),
  };
}
