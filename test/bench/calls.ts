import { medianOf, quantileOf } from "./median.ts";
import { startWorker, type Worker } from "./processes.ts";

/** How calls are made: over what, and which. */
export interface CallSetting {
  /** Which script of `processes/` makes them. @defaultValue `calls` */
  readonly script?: string;
  readonly streaming: boolean;
  /** Pieces of text in a stream. */
  readonly chunks?: number;
  /** What is called over HTTP/2; without it, a stub in the process answers. */
  readonly endpoint?: string;
  /** Calls before anything counts, until the code is compiled, and calls of one block. */
  readonly warmUpCalls: number;
  readonly callsPerBlock: number;
}

/** Clients of which each has processes of its own. */
const SUBJECTS = {
  plain: { subject: "plain" },
  plainAgain: { subject: "plain" },
  plainCached: { subject: "plain", cacheMiddleware: true },
  routed: { subject: "routed" },
  routedCached: { subject: "routed", cacheMiddleware: true },
} as const;
/** CPU time of one client's calls over another's: of the medians over all processes, and of single rounds. */
export interface Ratio {
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What the calls of each client took. */
export interface CallFigures {
  readonly plainUs: number;
  readonly routedUs: number;
  /** The plain client over itself: what no difference looks like. */
  readonly plainOverPlain: Ratio;
  readonly routedOverPlain: Ratio;
  readonly plainCachedOverPlain: Ratio;
  readonly routedOverPlainCached: Ratio;
  readonly routedCachedOverPlainCached: Ratio;
}

/** Blocks of one process, of which the first quartile counts: what else the machine does only ever adds. */
const BLOCKS = 12;

/** CPU time of the calls of each client. */
export async function measureCalls(setting: CallSetting, rounds: number): Promise<CallFigures> {
  const figures = await takeTurns(SUBJECTS, setting, rounds);
  // Both rows of plain processes are the same client: together they are the steadier measure.
  const plain = figures.plain.map((us, round) => (us + (figures.plainAgain[round] ?? us)) / 2);
  return {
    plainUs: medianOf(plain),
    routedUs: medianOf(figures.routed),
    plainOverPlain: ratioOf(figures.plainAgain, figures.plain),
    routedOverPlain: ratioOf(figures.routed, plain),
    plainCachedOverPlain: ratioOf(figures.plainCached, plain),
    routedOverPlainCached: ratioOf(figures.routed, figures.plainCached),
    routedCachedOverPlainCached: ratioOf(figures.routedCached, figures.plainCached),
  };
}

/**
 * Compares the CPU time of calls, in rounds. Each round has a fresh process for each client, as code is compiled a little
 * differently in every process; the blocks of its processes take turns, so that what else the machine does meets all.
 * @returns microseconds of a call, for each client in each round
 */
export async function takeTurns<Name extends string>(
  subjects: Readonly<Record<Name, object>>,
  setting: CallSetting,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    const workers = await startAll(subjects, setting);
    const blocks = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
    for (let block = 0; block < BLOCKS; block += 1) {
      for (let place = 0; place < names.length; place += 1) {
        const name = names[(place + block + round) % names.length] as Name;
        blocks[name].push(await workers[name].ask<number>(setting.callsPerBlock));
      }
    }
    for (const name of names) {
      figures[name].push(quantileOf(blocks[name], 0.25));
      await workers[name].end();
    }
  }
  return figures;
}

async function startAll<Name extends string>(
  subjects: Readonly<Record<Name, object>>,
  { script = "calls", streaming, chunks, endpoint, warmUpCalls }: CallSetting,
): Promise<Record<Name, Worker>> {
  const workers = await Promise.all(
    Object.entries<object>(subjects).map(async ([name, subject]) => {
      const worker = startWorker(script, { ...subject, streaming, chunks, endpoint });
      await worker.ask();
      await worker.ask(warmUpCalls);
      return [name, worker] as const;
    }),
  );
  return Object.fromEntries(workers) as Record<Name, Worker>;
}

/** CPU time over CPU time. */
export function ratioOf(over: readonly number[], under: readonly number[]): Ratio {
  const rounds = over.map((us, round) => us / (under[round] ?? Number.NaN));
  return { ratio: medianOf(over) / medianOf(under), lowest: Math.min(...rounds), highest: Math.max(...rounds) };
}
