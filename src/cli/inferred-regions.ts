import type { Command } from "commander";
import pc from "picocolors";
import type { Residency } from "../plan/residency.ts";
import { EXIT_CODES } from "./exit-code.ts";
import { logFiles } from "./log-files.ts";
import { readLog } from "./logs/read-log.ts";
import { Tally } from "./logs/tally.ts";
import { parseRegion, parseResidency } from "./policy-flags.ts";
import { type InferredRegions, renderTally } from "./render-tally.ts";

/** Flags of the command `inferred-regions`. */
export interface InferredRegionsFlags {
  readonly residency?: Residency;
  readonly region?: string;
  readonly json?: boolean;
}

/** Adds the command `inferred-regions` to the program. */
export function addInferredRegionsCommand(program: Command): void {
  program
    .command("inferred-regions")
    .description("tell from AWS logs where inference really ran; no network call, and no prompt is printed")
    .argument(
      "<FILE...>",
      "Bedrock model invocation logs and CloudTrail events: JSON or JSON lines, gzip or not, any size; directories; - for standard input",
    )
    .option(
      "--residency <where>",
      "flag inference outside: home, a geography (eu or eu,us), regions:eu-central-1,eu-west-1 or countries:DE,FR",
      parseResidency,
    )
    .option(
      "-r, --region <region>",
      'what the residency "home" means (default: the source Region of each call)',
      parseRegion,
    )
    .option("--json", "print the table as JSON")
    .addHelpText(
      "after",
      `
Ends with 4 when a call ran outside the residency, with 1 when something could not be read, or with --residency when no
inference was found.

Examples:
  $ aws s3 sync s3://my-logs/AWSLogs/111122223333/BedrockModelInvocationLogs logs
  $ npx bedrock-routed-client inferred-regions logs --residency eu
  $ gunzip -c trail.json.gz | npx bedrock-routed-client inferred-regions -`,
    )
    .action((paths: readonly string[], flags: InferredRegionsFlags) => inferredRegions(paths, flags));
}

/** Problems that are told by name; the others are counted. */
const NAMED_PROBLEMS = 20;

async function inferredRegions(paths: readonly string[], flags: InferredRegionsFlags): Promise<void> {
  const { residency = "any" } = flags;
  const tally = new Tally();
  const problems: string[] = [];
  let files = 0;
  let leftOut = 0;
  for await (const { name, open } of logFiles(paths)) {
    if (open === undefined) {
      leftOut += 1;
      continue;
    }
    files += 1;
    for await (const entry of readLog(open())) {
      tally.add(entry);
      if (entry.kind !== "unreadable" || problems.length >= NAMED_PROBLEMS) continue;
      problems.push(`${name}${entry.line === undefined ? "" : `:${entry.line}`}: ${entry.problem}`);
    }
  }
  const rows = tally.rows(residency, flags.region);
  const result: InferredRegions = { files, leftOut, ...tally.counts, rows, problems };
  const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
  process.stdout.write(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderTally(result, colors));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const unnamed = tally.counts.unreadable - problems.length;
  if (unnamed > 0) process.stderr.write(`… and ${unnamed} more that could not be read\n`);
  if (tally.counts.unreadable > 0) process.exitCode = EXIT_CODES.service;
  if (flags.residency !== undefined && rows.length === 0) {
    // A check that has looked at nothing has not been passed.
    process.stderr.write("nothing was checked: no inference was found\n");
    process.exitCode = EXIT_CODES.service;
  }
  if (result.rows.some(({ outside }) => outside)) process.exitCode = EXIT_CODES.finding;
}
