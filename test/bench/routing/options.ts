import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { contenders, fleetContenders } from "./contenders.ts";
import { FLEET_MECHANISMS, MECHANISMS, type Mechanism, mechanismNamed } from "./mechanisms.ts";
import { allRegimes, fleetRegimes, quickRegimes } from "./regimes/all-regimes.ts";
import { REPORTED_SEEDS, REPORTED_WORLDS_FROM, TUNING_SEEDS, TUNING_WORLDS_FROM } from "./seeds.ts";

/** What one run of the benchmark does. */
export interface BenchOptions {
  readonly kind: "regimes" | "worlds" | "fleets";
  readonly regimes: readonly string[];
  readonly contenders: readonly string[];
  readonly seeds: readonly number[];
  readonly threads: number;
  readonly jsonFile: string | undefined;
  /** Mechanisms to take out of the library, one after the other, instead of comparing it with rivals. */
  readonly without: readonly Mechanism[];
  /** Everything is run under the published seeds: the page may be written. */
  readonly complete: boolean;
  /** A missed target fails the run. */
  readonly check: boolean;
}

export const BENCH_USAGE: string = `npm run bench:routing -- [options]

  --regime <text>      only regimes whose name contains the text
  --contender <text>   only the contender of that name, else those whose name contains the text, and the oracle; may be repeated
  --seeds <n>          only the first n seeds
  --tuning             the seeds to tune on, instead of the published ones
  --worlds             random worlds instead of the regimes
  --fleets             regimes of many processes, with what they share and without
  --quick              a subset, one seed: a few seconds
  --without <name>     what the library is worth without a mechanism; may be repeated, "all" takes each in turn
  --threads <n>        worker threads; default: one a core
  --json <file>        write all summaries to a file
  --check              exit with 1 when a target is missed

Without a restriction the run rewrites its part of docs/benchmarks.md; --seeds may be given, and the page then says so.`;

const WORLDS = 400;
/** Hundreds of processes take their time. */
const FLEET_SEEDS = 2;
const QUICK_WORLDS = 4;

/** @throws TypeError or RangeError for arguments that make no sense */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      regime: { type: "string" },
      contender: { type: "string", multiple: true },
      seeds: { type: "string" },
      tuning: { type: "boolean", default: false },
      worlds: { type: "boolean", default: false },
      fleets: { type: "boolean", default: false },
      without: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      threads: { type: "string" },
      json: { type: "string" },
      check: { type: "boolean", default: false },
    },
  });
  const { regime, contender, tuning, quick, worlds, fleets } = values;
  const allSeeds = tuning ? TUNING_SEEDS : REPORTED_SEEDS;
  const names = fleets
    ? fleetNames(quick)
    : worlds
      ? worldNames(tuning, quick)
      : regime === undefined && quick
        ? quickRegimes
        : regimeNames();
  const regimes = names.filter((name) => name.includes(regime ?? ""));
  const mechanisms = fleets ? FLEET_MECHANISMS : MECHANISMS;
  const without = mechanismsNamed(values.without ?? [], mechanisms);
  const taking = fleets ? fleetContenders : contenders;
  const wanted = taking.map(({ name }) => name).filter((name) => isWanted(name, contender));
  if (regimes.length === 0) throw new RangeError(`No regime contains ${JSON.stringify(regime)}`);
  if (wanted.length < 2) throw new RangeError(`No contender contains ${JSON.stringify(contender)}`);
  const count =
    worlds || (quick && values.seeds === undefined)
      ? 1
      : positive(values.seeds, fleets ? FLEET_SEEDS : allSeeds.length, "--seeds");
  return {
    kind: fleets ? "fleets" : worlds ? "worlds" : "regimes",
    regimes,
    contenders: wanted,
    seeds: allSeeds.slice(0, count),
    threads: positive(values.threads, availableParallelism(), "--threads"),
    jsonFile: values.json,
    without,
    complete:
      !(tuning || quick || (without.length > 0 && worlds)) &&
      regime === undefined &&
      contender === undefined &&
      (without.length === 0 || without.length === mechanisms.length),
    check: values.check,
  };
}

/** @throws RangeError for a name that none has */
function mechanismsNamed(names: readonly string[], all: readonly Mechanism[]): readonly Mechanism[] {
  if (names.includes("all")) return all;
  const without = names.map(mechanismNamed);
  const misplaced = without.find((mechanism) => !all.includes(mechanism));
  if (misplaced === undefined) return without;
  const where = misplaced.ofFleets === true ? "needs --fleets" : "is no rule of fleets";
  throw new RangeError(`${JSON.stringify(misplaced.name)} ${where}`);
}

function regimeNames(): readonly string[] {
  return allRegimes.map(({ name }) => name);
}

function fleetNames(quick: boolean): readonly string[] {
  const names = fleetRegimes.map(({ name }) => name);
  return quick ? names.filter((name) => /^L[13] /.test(name)) : names;
}

function worldNames(tuning: boolean, quick: boolean): readonly string[] {
  const from = tuning ? TUNING_WORLDS_FROM : REPORTED_WORLDS_FROM;
  return Array.from({ length: quick ? QUICK_WORLDS : WORLDS }, (_, index) => `world ${from + index}`);
}

function isWanted(name: string, parts: readonly string[] | undefined): boolean {
  const isName = (part: string): boolean => contenders.some((contender) => contender.name === part);
  const isMeant = (part: string): boolean => (isName(part) ? name === part : name.includes(part));
  return parts === undefined || name === "oracle" || parts.some(isMeant);
}

function positive(text: string | undefined, fallback: number, option: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${option} must be a positive whole number, got ${JSON.stringify(text)}`);
}
