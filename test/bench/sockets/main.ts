/**
 * The client over real sockets and in real time, each in a process of its own, against an independent server in this one:
 * whether answers that merely take another time than the latency lab's, or a process that stumbles, make it leave the right
 * route or pay twice. `npm run bench:sockets`
 */
import { parseArgs } from "node:util";
import { writeFigures } from "../../support/figures.ts";
import { markdownTable } from "../routing/markdown-table.ts";
import { COLD_CELLS, TROUBLES, type Trouble } from "./cells.ts";
import { type ColdCell, type ColdFigures, requestsOf, runCold } from "./cold.ts";
import { type HeldUpFigures, NEXT, runHeldUp } from "./held-up.ts";
import { runRecovery, runThaw } from "./silence.ts";

const { values } = parseArgs({
  options: {
    /** Only `cold`, `held-up` or `silence`. */
    only: { type: "string" },
    /** Only rows whose name contains that. */
    row: { type: "string", default: "" },
    /** Fresh clients of each kind; one where a run takes minutes. */
    repeats: { type: "string", default: "3" },
    /** Puts the tables into docs/benchmarks.md. */
    write: { type: "boolean", default: false },
  },
});

const SPREADS = ["log-normal", "uniform"] as const;
/** Most of the time, clients wait for their answers. */
const AT_ONCE = 12;
/** More than this share of requests elsewhere, or of extra calls, is missed. */
const COLD_LIMIT = 0.05;
const HELD_UP_LIMIT = 2;

let serverLateMs = 0;
const misses: string[] = [];

async function coldTable(): Promise<string> {
  const runs = COLD_CELLS.flatMap((cell) =>
    SPREADS.flatMap((spread) =>
      Array.from({ length: cell.atOnce === 1 && cell.scale > 1 ? 1 : Number(values.repeats) }, (_, repeat) => ({
        ...cell,
        spread,
        seed: repeat + 1,
      })),
    ),
  ).filter((cell) => nameOf(cell).includes(values.row));
  const figures = new Map<string, ColdFigures[]>();
  // The longest first.
  runs.sort((a, b) => b.scale / b.atOnce - a.scale / a.atOnce);
  await together(AT_ONCE, runs, async ({ seed, ...cell }) => {
    const found = await runCold(cell, seed);
    serverLateMs = Math.max(serverLateMs, found.serverLateMs);
    const key = `${nameOf(cell)} ${cell.spread}`;
    figures.set(key, [...(figures.get(key) ?? []), found]);
    console.log(`${key} #${seed}: ${found.elsewhere} elsewhere, ${found.extra} extra  ${found.trace}`);
  });
  const rows = COLD_CELLS.filter((cell) => nameOf(cell).includes(values.row)).map((cell) => {
    const name = nameOf(cell);
    const cells = SPREADS.flatMap((spread) => {
      const found = figures.get(`${name} ${spread}`) ?? [];
      return [found.map(({ elsewhere }) => elsewhere), found.map(({ extra }) => extra)];
    });
    if (cells.some((counts) => mean(counts) > COLD_LIMIT * requestsOf(cell))) misses.push(name);
    return [name, ...cells.map(meanAndWorst)];
  });
  const head = ["fresh clients", ...SPREADS.flatMap((spread) => [`${spread}: elsewhere`, "extra calls"])];
  return markdownTable(head, rows);
}

function nameOf({ region, scale, atOnce, streaming }: Omit<ColdCell, "spread">): string {
  return `${region} ×${scale}, ${requestsOf({ scale, atOnce })} ${streaming ? "streams" : "unary"}, ${atOnce} at once`;
}

async function heldUpTable(): Promise<string> {
  const wanted = TROUBLES.map((trouble) => ({ ...trouble, name: `${trouble.name}, ${trouble.medianMs} ms` })).filter(
    ({ name }) => name.includes(values.row),
  );
  const figures = new Map<string, HeldUpFigures>();
  const run = async (trouble: Trouble, streaming: boolean): Promise<void> => {
    const found = await runHeldUp({ ...trouble, streaming }, 1);
    serverLateMs = Math.max(serverLateMs, found.serverLateMs);
    figures.set(`${trouble.name} ${streaming}`, found);
    console.log(`${trouble.name}, ${streaming ? "streams" : "unary"}: ${JSON.stringify(found)}`);
  };
  const both = wanted.flatMap((trouble) => [true, false].map((streaming) => ({ trouble, streaming })));
  // Bursts measure the process itself: one at a time.
  const isBurst = ({ trouble }: { trouble: Trouble }): boolean => trouble.name.startsWith("burst");
  await together(
    AT_ONCE / 3,
    both.filter((one) => !isBurst(one)),
    ({ trouble, streaming }) => run(trouble, streaming),
  );
  await together(1, both.filter(isBurst), ({ trouble, streaming }) => run(trouble, streaming));
  const rows = wanted.map(({ name }) => {
    const found = [true, false].flatMap((streaming) => figures.get(`${name} ${streaming}`) ?? []);
    const isMissed = found.some(
      ({ extra, cooldowns, elsewhere, failed, deadlineMs: [before, after] }) =>
        extra + cooldowns + failed > 0 || elsewhere > HELD_UP_LIMIT || after > Math.max(1.5 * before, 2_000),
    );
    if (isMissed) misses.push(name);
    const each = (of: (figures: HeldUpFigures) => string | number): string => found.map(of).join("; ");
    return [
      name,
      each(({ extra }) => extra),
      each(({ cooldowns }) => cooldowns),
      each(({ elsewhere }) => elsewhere),
      each(({ deadlineMs }) => deadlineMs.map(seconds).join(" → ")),
    ];
  });
  const head = ["streams; unary calls", "extra calls", "cooldowns", `elsewhere of the next ${NEXT}`, "deadline, s"];
  return markdownTable(head, rows);
}

async function silenceTable(): Promise<string> {
  const rows: (readonly string[])[] = [];
  for (const silent of ["before", "after"] as const) {
    const found = await Promise.all([true, false].map((streaming) => runThaw(streaming, silent, 1)));
    if (found.some(({ failed, beyondMs }) => failed > 0 || beyondMs > 1_000)) misses.push(`silence ${silent} a thaw`);
    rows.push([
      `frozen for 12 s, and the route silent ${silent === "before" ? "since before" : "from the thaw on"}`,
      `slowest request beyond its deadline ${found.map(({ beyondMs }) => seconds(beyondMs)).join("; ")} s`,
      found.map(({ failed }) => failed).join("; "),
    ]);
  }
  for (const plain of [true, false]) {
    const found = await Promise.all([true, false].map((streaming) => runRecovery(streaming, plain, 1)));
    const peaks = found.map(({ peak }) => peak).join("; ");
    const calls = found.map(({ callsPerRequest }) => callsPerRequest.toFixed(2)).join("; ");
    rows.push([
      `everything hangs for 20 s, 15 requests a second: ${plain ? "the SDK's client" : "this client"}`,
      `busiest second after it ${peaks} calls; calls a request in 11 s after it ${calls}`,
      found.map(({ failed, requests }) => `${failed} of ${requests}`).join("; "),
    ]);
  }
  for (const row of rows) console.log(row.join(": "));
  return markdownTable(["streams; unary calls", "", "failed"], rows);
}

async function together<Job>(atOnce: number, jobs: readonly Job[], run: (job: Job) => Promise<void>): Promise<void> {
  const left = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function mean(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
}

function meanAndWorst(counts: readonly number[]): string {
  const average = mean(counts);
  return counts.length < 2 ? `${average}` : `${Number(average.toFixed(1))} (${Math.max(...counts)})`;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : "none";
}

const isWanted = (name: string): boolean => (values.only ?? name) === name;
const tables = await Promise.all([
  ...(isWanted("cold") ? [coldTable()] : []),
  ...(isWanted("held-up") ? [heldUpTable()] : []),
  ...(isWanted("silence") ? [silenceTable()] : []),
]);
const missed = misses.length === 0 ? "Nothing is missed." : `Missed: ${misses.join("; ")}.`;
const note = `The server was late by ${Math.round(serverLateMs)} ms at most. Node.js ${process.version}.`;
const text = [...tables, missed, note].join("\n\n");
console.log(`\n${text}`);
if (values.write) writeFigures("sockets", text, "benchmarks.md");
