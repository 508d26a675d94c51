import { createInterface } from "node:readline/promises";
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { outputBurndown } from "../types/burndown.ts";
import { InvalidOptionsError, NoRouteError } from "../types/errors.ts";
import type { Plan } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import { connect } from "./connect.ts";
import { type Examination, examineRoute, type Finding } from "./doctor/examine-route.ts";
import { EXIT_CODES } from "./exit-code.ts";
import { lifecycleNotes } from "./lifecycle-notes.ts";
import { addPolicyFlags, type PolicyFlags, parseRegion, routingFrom } from "./policy-flags.ts";
import { regionNotes } from "./region-notes.ts";
import { renderCost, renderFindings } from "./render-findings.ts";

/** Flags of the command `doctor`. */
export interface DoctorFlags extends PolicyFlags {
  readonly model: readonly string[];
  readonly region?: string;
  readonly stream?: boolean;
  readonly timeout: number;
  readonly maxTokens?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly simulate?: boolean;
  readonly denyRegion?: readonly string[];
}

/** Adds the command `doctor` to the program. */
export function addDoctorCommand(program: Command): void {
  addPolicyFlags(program.command("doctor"))
    .description("try every route of a plan with a request of one token, and say what keeps a route from serving")
    .requiredOption("-m, --model <modelId...>", "foundation-model ids, inference profile ids or ARNs")
    .option(
      "-r, --region <region>",
      "home Region (default: as the AWS SDK is configured; us-east-1 with --simulate)",
      parseRegion,
    )
    .option("--stream", "try ConverseStream instead of Converse: it needs another IAM action")
    .option("--timeout <seconds>", "how long to wait for each answer", seconds, 30)
    .option("--max-tokens <n>", "what your own requests ask for: says what that reserves of the quota", tokens)
    .option("-y, --yes", "do not ask before the requests are sent")
    .option("--json", "print the findings as JSON")
    .option("--simulate", "examine a simulator on loopback: no account, no cost")
    .option(
      "--deny-region <region...>",
      'with --simulate: Regions that a service control policy denies; "unspecified" is what it sees of global profiles',
    )
    .addHelpText(
      "after",
      `
Examples:
  $ npx bedrock-routed-client doctor --model anthropic.claude-sonnet-4-6 --region eu-central-1
  $ npx bedrock-routed-client doctor -m anthropic.claude-sonnet-4-6 -r eu-central-1 --simulate --deny-region eu-north-1`,
    )
    .action((flags: DoctorFlags) => doctor(flags));
}

async function doctor(flags: DoctorFlags): Promise<void> {
  const { simulate = false, denyRegion = [] } = flags;
  if (denyRegion.length > 0 && !simulate) {
    throw new InvalidOptionsError("--deny-region", "needs --simulate: it changes the simulator, not your account");
  }
  const routing = await routingFrom(flags);
  // A route is judged by whether it answers; the rare answer that takes minutes would only hold the doctor up.
  const simulation = { tails: false, denials: denyRegion.length === 0 ? [] : [{ destinationRegions: denyRegion }] };
  const { client, plainConfig, close } = await connect(flags.region, routing, simulate, simulation);
  try {
    const plans = await Promise.all(flags.model.map((model) => client.routing.plan(model)));
    const empty = plans.find(({ candidates }) => candidates.length === 0);
    if (empty !== undefined) throw new NoRouteError(empty);
    const routes = distinctRoutes(plans);
    if (!simulate) await confirm(routes, flags.yes ?? false);
    const sourceRegions = [...new Set(routes.map(({ sourceRegion }) => sourceRegion))];
    const [findings, ...noted] = await Promise.all([
      examine(routes, plans[0]?.homeRegion ?? "", plainConfig, flags),
      lifecycleNotes(routes, plainConfig),
      regionNotes(sourceRegions, plainConfig),
    ]);
    const notes = [...reservationNotes(routes, flags.maxTokens), ...noted.flat()];
    const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
    process.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ findings, notes }, null, 2)}\n`
        : renderFindings(findings, notes, colors),
    );
    if (!findings.every(isFine)) process.exitCode = EXIT_CODES.finding;
  } finally {
    await close();
  }
}

async function examine(
  routes: readonly Route[],
  homeRegion: string,
  plainConfig: (region: string) => BedrockRuntimeClientConfig,
  { stream = false, timeout }: DoctorFlags,
): Promise<readonly Finding[]> {
  const clients = new Map<string, BedrockRuntimeClient>();
  const examination: Examination = {
    homeRegion,
    now: () => performance.now(),
    send: async (route, maxTokens) => {
      let client = clients.get(route.sourceRegion);
      // One attempt: a throttle is a finding, not something to wait out.
      client ??= new BedrockRuntimeClient({ ...plainConfig(route.sourceRegion), maxAttempts: 1 });
      clients.set(route.sourceRegion, client);
      await sendOnce(client, route, maxTokens, stream, AbortSignal.timeout(timeout * 1000));
    },
  };
  try {
    return await Promise.all(routes.map((route) => examineRoute(route, examination)));
  } finally {
    for (const client of clients.values()) client.destroy();
  }
}

async function sendOnce(
  client: BedrockRuntimeClient,
  { modelId }: Route,
  maxTokens: number,
  stream: boolean,
  abortSignal: AbortSignal,
): Promise<void> {
  const input: ConverseCommandInput = {
    modelId,
    messages: [{ role: "user", content: [{ text: "Hi" }] }],
    inferenceConfig: { maxTokens },
  };
  try {
    if (!stream) {
      await client.send(new ConverseCommand(input), { abortSignal });
      return;
    }
    const response = await client.send(new ConverseStreamCommand(input), { abortSignal });
    for await (const _event of response.stream ?? []) void _event;
  } catch (error) {
    // The SDK says "Request aborted", which would pass for the user's own doing.
    throw abortSignal.aborted ? abortSignal.reason : error;
  }
}

async function confirm(routes: readonly Route[], yes: boolean): Promise<void> {
  process.stderr.write(renderCost(routes));
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new InvalidOptionsError("--yes", "is needed when there is no terminal to ask on: the requests cost money");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question("Send them? [y/N] ");
    if (!/^y(es)?$/i.test(answer.trim())) throw new InvalidOptionsError("--yes", "was not given: nothing was sent");
  } finally {
    terminal.close();
  }
}

function distinctRoutes(plans: readonly Plan[]): readonly Route[] {
  const routes = plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
  return [...new Map(routes.map((route) => [route.key, route])).values()];
}

/** What a request with so long an answer takes of a quota, by model. */
function reservationNotes(routes: readonly Route[], maxTokens: number | undefined): readonly string[] {
  if (maxTokens === undefined) return [];
  return [...new Set(routes.map(({ model }) => model))].map((model) => {
    const burndown = outputBurndown(model);
    const asMuch =
      burndown === 1 ? "" : `, as much as ${Math.round(maxTokens / burndown)} tokens of output use (×${burndown})`;
    return `${model}: maxTokens ${maxTokens} is reserved of the quota per minute by each request until it ends${asMuch}. With a quota of 1 000 000 that is at most ${Math.floor(1e6 / maxTokens)} at once.`;
  });
}

function isFine({ status }: Finding): boolean {
  return status === "usable" || status === "reached";
}

function tokens(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a whole number of tokens above 0.");
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 3_600) return value;
  throw new InvalidArgumentError("must be a number of seconds above 0.");
}
