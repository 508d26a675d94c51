import { type Command, InvalidArgumentError } from "commander";
import type { LabOptions } from "./lab/options.ts";
import type { LabFlags } from "./lab-flags.ts";

interface MeasurementFlags {
  readonly model?: readonly string[];
  readonly sourceRegion?: readonly string[];
  readonly kind?: readonly string[];
  readonly runs?: number;
  readonly warmups?: number;
  readonly interval?: number;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly prompt?: string;
  readonly timeout?: number;
  readonly from?: string;
}

/** Adds `lab` and what belongs to it. The lab itself is loaded only when it is used: it is larger than all the rest. */
export function addLabCommand(program: Command): void {
  const lab = program
    .command("lab")
    // merge and report have an --out of their own.
    .enablePositionalOptions()
    .description("measure how fast each inference profile answers from each source Region, and report it")
    .option("-m, --model <modelId...>", "foundation models (default: Claude Sonnet 4.6 and Nova 2 Lite)")
    .option("-s, --source-region <region...>", "source Regions (default: the six of the latency lab)")
    .option("--kind <kind...>", "global, geographic, in-region (default: global geographic)")
    .option("--runs <number>", "counted calls of each route (default: 30)", number)
    .option("--warmups <number>", "calls of each route before those (default: 1)", number)
    .option("--interval <ms>", "pause between two calls (default: 500)", number)
    .option("--max-tokens <number>", "longest answer (default: 200)", number)
    .option("--temperature <number>", "0 to 1 (default: 0.1)", number)
    .option("--prompt <text>", "the prompt (default: one about cloud computing)")
    .option("--timeout <seconds>", "give up a call after this long (default: 300)", number)
    .option("--from <region>", "the Region this machine runs in, if any")
    .option("-o, --out <folder>", "where journal and results are kept", "bedrock-lab")
    .option("--resume", "continue the lab in that folder")
    .option("-y, --yes", "do not ask before calls are made")
    .option("--simulate", "measure a simulator on loopback: no account, no cost")
    .option("--seed <number>", "of the simulator's latencies", number, 1)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx bedrock-routed-client lab --simulate\n  $ npx bedrock-routed-client lab --source-region eu-central-1 --from eu-central-1\n  $ npx bedrock-routed-client lab merge frankfurt/results.json tokyo/results.json --out both",
    )
    .action(async (flags: LabFlags & MeasurementFlags) => {
      const { runLab } = await import("./lab-run.ts");
      await runLab(optionsOf(flags), flags);
    });

  lab
    .command("merge")
    .description("join runs that were made apart, for example on machines in several Regions")
    .argument("<results...>", "results.json of each run")
    .requiredOption("-o, --out <folder>", "where the joined results go")
    .action(async (files: readonly string[], { out }: { readonly out: string }) => {
      const { mergeLabs } = await import("./lab-reports.ts");
      await mergeLabs(files, out);
    });
  lab
    .command("compare")
    .description("compare two runs")
    .argument("<before>", "results.json of the earlier run")
    .argument("<after>", "results.json of the later run")
    .action(async (before: string, after: string) => {
      const { compareLabs } = await import("./lab-reports.ts");
      compareLabs(before, after);
    });
  lab
    .command("report")
    .description("write CSV, Markdown and HTML of a results.json anew")
    .argument("<results>", "results.json")
    .requiredOption("-o, --out <folder>", "where they go")
    .action(async (file: string, { out }: { readonly out: string }) => {
      const { mergeLabs } = await import("./lab-reports.ts");
      await mergeLabs([file], out);
    });
}

/** Only what the user gave, so that a lab that is gone on with keeps its own. Values are checked by the lab. */
function optionsOf(flags: MeasurementFlags): Partial<LabOptions> {
  const given = {
    models: flags.model,
    sourceRegions: flags.sourceRegion,
    kinds: flags.kind,
    runs: flags.runs,
    warmups: flags.warmups,
    intervalMs: flags.interval,
    maxTokens: flags.maxTokens,
    temperature: flags.temperature,
    prompt: flags.prompt,
    timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1_000,
    measuredFrom: flags.from,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<LabOptions>;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("must be a number.");
}
