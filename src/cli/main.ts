import { Command, CommanderError, InvalidArgumentError } from "commander";
import { version } from "../../package.json";
import { type AskFlags, ask } from "./ask.ts";
import { type DemoFlags, demo } from "./demo.ts";
import { describeError } from "./describe-error.ts";
import { addDoctorCommand } from "./doctor.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-code.ts";
import { addIamCommand } from "./iam.ts";
import { addInferredRegionsCommand } from "./inferred-regions.ts";
import { addLabCommand } from "./lab.ts";
import { type PlanFlags, plan } from "./plan.ts";
import { addPolicyFlags, parseRegion } from "./policy-flags.ts";
import { type ProfilesFlags, profiles } from "./profiles.ts";
import { addServeCommands } from "./serve.ts";

const EXIT_CODE_HELP = `
Exit codes:
  0  done
  1  the service failed or refused; every allowed route was tried
  2  a flag, an option or the configuration is wrong
  3  no route may serve the request (residency, boundary or source Regions)
  4  a check found something: an id that the table does not know, a route that cannot be used, or inference
     outside the residency`;

function program(): Command {
  const command = new Command("npx bedrock-routed-client")
    .description("Routes Amazon Bedrock requests to the right inference profile in the right source Region.")
    .version(version)
    .showHelpAfterError("(add --help for the flags)")
    // A flag belongs to the command before it: subcommands of lab have some of the same names.
    .enablePositionalOptions()
    .addHelpText("after", EXIT_CODE_HELP)
    .exitOverride();

  addPolicyFlags(command.command("ask"))
    .description("send one prompt and stream the answer; the route is printed on standard error")
    .argument("<prompt>", "the prompt; - reads it from standard input")
    .requiredOption("-m, --model <modelId>", "a foundation-model id, an inference profile id or an ARN")
    .option(
      "-r, --region <region>",
      "home Region (default: as the AWS SDK is configured; us-east-1 with --simulate)",
      parseRegion,
    )
    .option("--max-tokens <number>", "longest answer", positiveInteger, 512)
    .option("--simulate", "answer from a simulator on loopback: no account, no cost")
    .addHelpText(
      "after",
      '\nExample:\n  $ npx bedrock-routed-client ask "What is an inference profile?" --model anthropic.claude-sonnet-4-6 --region eu-central-1 --simulate',
    )
    .action((prompt: string, flags: AskFlags) => ask(prompt, flags));

  addPolicyFlags(command.command("plan"))
    .description(
      "print which routes would be tried for a model, in order, and what was rejected and why; no network call",
    )
    .argument("<modelId>", "a foundation-model id, an inference profile id or an ARN")
    .option("-r, --region <region>", "home Region (default: as the AWS SDK is configured)", parseRegion)
    .option("--json", "print the plan as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx bedrock-routed-client plan anthropic.claude-sonnet-4-6 --region eu-central-1 --residency eu",
    )
    .action((model: string, flags: PlanFlags) => plan(model, flags));

  command
    .command("profiles")
    .description("print which inference profiles and models can be called from where, and where they may run")
    .option("-m, --model <modelId>", "this model alone: a foundation-model id, an inference profile id or an ARN")
    .option("-r, --region <region...>", "these source Regions alone (default: all; with --live the SDK's Region)")
    .option("--live", "ask AWS what exists there, and show what differs from the bundled table")
    .option("--save <file>", "write what AWS lists to a file, for catalogFrom() and --catalog; needs --live")
    .option("--catalog <file>", "a saved catalogue instead of the bundled table")
    .option("--simulate", "ask a simulator on loopback instead of AWS: no account, no cost")
    .option("--json", "print the table as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx bedrock-routed-client profiles --model anthropic.claude-sonnet-4-6 --region eu-central-1",
    )
    .action((flags: ProfilesFlags) => profiles(flags));

  command
    .command("demo")
    .description(
      "show routing, failover, residency and statistics against a simulator on loopback; no account, no cost",
    )
    .option(
      "--speed <factor>",
      "how much faster than the latency lab's Bedrock the simulator answers",
      positiveNumber,
      1,
    )
    .action((flags: DemoFlags) => demo(flags));
  addIamCommand(command);
  addDoctorCommand(command);
  addInferredRegionsCommand(command);
  addLabCommand(command);
  addServeCommands(command);
  return command;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a whole number above 0.");
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a number above 0.");
}

// Who closes the pipe, as `| head` does, has seen enough; a full disk has not seen all.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_CODES.ok);
  process.stderr.write(`The output could not be written: ${error.code ?? error.message}\n`);
  process.exit(EXIT_CODES.service);
});
process.stderr.on("error", () => {});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; --help and --version end this way as well.
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  } else {
    process.stderr.write(describeError(error));
    process.exitCode = exitCodeOf(error);
  }
}
