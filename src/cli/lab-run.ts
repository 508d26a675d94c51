import { createRequire } from "node:module";
import { createInterface } from "node:readline/promises";
import { version } from "../../package.json";
import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { silenceNodeVersions } from "./connect.ts";
import { EXIT_CODES } from "./exit-code.ts";
import type { CallRecord } from "./lab/call-record.ts";
import { type Estimate, estimate } from "./lab/estimate.ts";
import { findingsOf } from "./lab/findings.ts";
import { JOURNAL_VERSION, type Journal, refuseOtherOptions } from "./lab/journal.ts";
import { type LabRoutes, labRoutes } from "./lab/lab-routes.ts";
import { makeResults } from "./lab/make-results.ts";
import { markdownTable, overviewTables } from "./lab/markdown.ts";
import { type LabOptions, resolveLabOptions } from "./lab/options.ts";
import type { LabResults } from "./lab/results.ts";
import { runCalls } from "./lab/run.ts";
import { type ScheduledCall, schedule } from "./lab/schedule.ts";
import { durationInWords, list, plural, usd } from "./lab/words.ts";
import { appendCall, beginJournal, openJournal, writeReports } from "./lab-files.ts";
import type { LabFlags } from "./lab-flags.ts";
import { labProgress } from "./lab-progress.ts";
import { awsTarget, simulatedTarget } from "./lab-target.ts";

/** Exit code of a lab that was stopped with Ctrl-C, as shells have it. */
const STOPPED = 130;

/** Runs a lab, or goes on with one, and writes its results. */
export async function runLab(given: Partial<LabOptions>, flags: LabFlags): Promise<void> {
  silenceNodeVersions();
  const { out, simulate = false } = flags;
  const catalog = bundledCatalog();
  const begun = existingJournal(given, flags);
  const options = resolveLabOptions(begun?.header.options ?? given, catalog);
  const planned = labRoutes(options, catalog);
  if (begun !== undefined) refuseOtherRoutes(begun, planned, out);
  const calls = callsToMake(options, planned, begun?.calls ?? []);
  const outlook = estimate(calls, planned.routes, options);
  say(describe(outlook, planned, options, simulate, begun));
  if (planned.routes.length === 0) {
    process.exitCode = EXIT_CODES.noRoute;
    return;
  }
  if (calls.length > 0 && !simulate && !flags.yes && !(await confirmed())) return;

  const startedAt = Math.round(begun?.header.startedAt ?? Date.now());
  if (begun === undefined) {
    const routes = planned.routes.map(({ key }) => key);
    beginJournal(out, { journal: JOURNAL_VERSION, simulated: simulate, startedAt, options, routes });
  }
  const made: CallRecord[] = [...(begun?.calls ?? [])];
  const complete = await makeCalls(calls, { planned, options, flags, startedAt, made });
  const finishedAt = Math.max(startedAt, ...made.map(({ startedAt: at, totalMs = 0 }) => at + totalMs));
  const run = { ...planned, options, simulated: simulate, startedAt, finishedAt, complete, software: software() };
  const results = makeResults(run, made);
  const files = await writeReports(out, results);
  process.stdout.write(summary(results, files));
  if (!complete) {
    say(
      `Stopped. Continue with: npx bedrock-routed-client lab --resume --out ${out}${simulate ? " --simulate" : ""}\n`,
    );
    process.exitCode = STOPPED;
  } else if (results.cells.every(({ total }) => total === null)) process.exitCode = EXIT_CODES.service;
}

/** The lab of the folder, if the user wants to go on with it. */
function existingJournal(given: Partial<LabOptions>, flags: LabFlags): Journal | undefined {
  const journal = openJournal(flags.out);
  if (journal === undefined) {
    if (flags.resume) throw new InvalidOptionsError("--resume", `needs a lab in --out ${flags.out}; there is none`);
    return undefined;
  }
  if (!flags.resume) {
    throw new InvalidOptionsError(
      "--out",
      `already holds a lab of ${plural(journal.calls.length, "call")}: go on with it by --resume, or name another folder`,
      flags.out,
    );
  }
  refuseOtherOptions(journal.header, given, flags.simulate ?? false);
  return journal;
}

function refuseOtherRoutes({ header }: Journal, { routes }: LabRoutes, out: string): void {
  if (JSON.stringify(header.routes) === JSON.stringify(routes.map(({ key }) => key))) return;
  throw new InvalidOptionsError(
    "--resume",
    `cannot continue the lab in ${out}: the profile table of this version has other routes for it`,
  );
}

/** What is left; routes that have some left are warmed up again, as their connection is a new one. */
function callsToMake(
  { runs, warmups }: LabOptions,
  { routes }: LabRoutes,
  made: readonly CallRecord[],
): readonly ScheduledCall[] {
  const done = new Set(made.map(({ cell, round }) => `${cell} ${round}`));
  const left = schedule(routes.length, runs, warmups).filter(
    ({ cell, round }) => round > 0 && !done.has(`${cell} ${round}`),
  );
  const cells = new Set(left.map(({ cell }) => cell));
  return [...schedule(routes.length, 0, warmups).filter(({ cell }) => cells.has(cell)), ...left];
}

interface RunState {
  readonly planned: LabRoutes;
  readonly options: LabOptions;
  readonly flags: LabFlags;
  readonly startedAt: number;
  readonly made: CallRecord[];
}

async function makeCalls(calls: readonly ScheduledCall[], state: RunState): Promise<boolean> {
  const { planned, options, flags, startedAt, made } = state;
  const done = new Map<string, number>();
  for (const { cell, round } of made) {
    const key = planned.routes[cell]?.key ?? "";
    if (round > 0) done.set(key, (done.get(key) ?? 0) + 1);
  }
  const target = flags.simulate
    ? await simulatedTarget(options, flags.seed, made.at(-1)?.startedAt ?? startedAt, done)
    : awsTarget(options);
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(STOPPED);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const progress = labProgress(calls.length, process.stderr);
  const tools = {
    routes: planned.routes,
    send: target.send,
    clock: target.clock,
    timeoutMs: options.timeoutMs,
    intervalMs: options.intervalMs,
    signal: stop.signal,
    record(call: CallRecord): void {
      appendCall(flags.out, call);
      made.push(call);
      progress.step(planned.routes[call.cell]?.modelId ?? "");
    },
  };
  const before = made.length;
  try {
    if (
      !(await runCalls(
        calls.filter(({ round }) => round <= 0),
        tools,
      ))
    )
      return false;
    refuseHopeless(made.slice(before), flags.out);
    return await runCalls(
      calls.filter(({ round }) => round > 0),
      tools,
    );
  } finally {
    progress.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await target.close();
  }
}

/** Without credentials or a network there is nothing to measure, and hundreds of calls would only say so again. */
function refuseHopeless(warmups: readonly CallRecord[], out: string): void {
  const families = warmups.flatMap(({ failure }) =>
    failure === undefined ? [] : [`${failure.kind}/${failure.family}`],
  );
  if (warmups.length === 0 || families.length < warmups.length) return;
  const kinds = list([...new Set(families)]);
  throw new Error(
    `Every route failed in its first call: ${kinds}. Fix that, then continue with: npx bedrock-routed-client lab --resume --out ${out}`,
  );
}

function describe(
  outlook: Estimate,
  { routes, missing }: LabRoutes,
  { runs, sourceRegions, measuredFrom }: LabOptions,
  simulate: boolean,
  begun: Journal | undefined,
): string {
  const lines = [
    `${plural(routes.length, "route")} from ${plural(sourceRegions.length, "source Region")}, ${plural(runs, "run")} each${
      begun === undefined ? "" : `; ${plural(begun.calls.length, "call")} made before`
    }`,
    ...missing.map(({ model, sourceRegion, kind }) => `  ${sourceRegion}: no ${kind} profile of ${model}`),
  ];
  if (simulate) return `${[...lines, "Simulated: no account, no cost; waiting is skipped."].join("\n")}\n`;
  const price =
    outlook.pricesAsOf === undefined
      ? "an unknown amount"
      : `at most ${usd(outlook.usd)} (prices of ${outlook.pricesAsOf})`;
  const unpriced = outlook.unpriced.length === 0 ? "" : `, and ${list(outlook.unpriced)}, whose price is not known`;
  lines.push(
    `${plural(outlook.calls, "call")}, about ${durationInWords(outlook.durationMs)}, ${price}${unpriced}`,
    measuredFrom === null
      ? "It is not known where this machine runs (--from): the network to each source Region will be part of the figures."
      : `Measured from ${measuredFrom}.`,
  );
  return `${lines.join("\n")}\n`;
}

async function confirmed(): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    throw new InvalidOptionsError("--yes", "is needed when there is no terminal to ask on: these calls cost money");
  }
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await dialogue.question("Make these calls? [y/N] ")).trim());
  } finally {
    dialogue.close();
  }
}

function summary(results: LabResults, files: readonly string[]): string {
  const tables = overviewTables(results).map(({ title, rows }) => `${title}\n\n${markdownTable(rows)}\n`);
  const findings = findingsOf(results).map(({ title, text }) => `- ${title}. ${text}`);
  const about = results.simulated ? "These are figures of the simulator, not of AWS.\n\n" : "";
  return `\n${about}${tables.join("\n")}\n${findings.join("\n")}\n\n${files.join("\n")}\n`;
}

function software(): Readonly<Record<string, string>> {
  const { version: sdk } = createRequire(import.meta.url)("@aws-sdk/client-bedrock-runtime/package.json") as {
    readonly version: string;
  };
  return Object.freeze({
    "bedrock-routed-client": version,
    "@aws-sdk/client-bedrock-runtime": sdk,
    node: process.versions.node,
  });
}

function say(text: string): void {
  process.stderr.write(text);
}
