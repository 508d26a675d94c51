import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import pc from "picocolors";
import type { RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import { createRoutedClient } from "../client/create-routed-client.ts";
import type { RoutingOptions } from "../options/options.ts";
import { formatStats } from "../router/format-stats.ts";
import { getRouting } from "../router/reports.ts";
import { createSimulator, type Simulator } from "../simulator/index.ts";
import { isRoutingError } from "../types/errors.ts";
import { DEFAULT_LAB_OPTIONS } from "./lab/options.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";
const PROMPT = "Explain what cloud computing is in exactly 3 sentences.";

const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);

/** Flags of the command `demo`. */
export interface DemoFlags {
  readonly speed: number;
}

/** Shows the main job end to end: the real AWS SDK against a simulator on loopback, at the latency lab's speed. */
export async function demo({ speed }: DemoFlags): Promise<void> {
  // About Node.js versions; it would stand in the middle of the output.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // The lab's rare answers of 44 s and 182 s are real, and no way to spend a demo.
  const simulator = await createSimulator({ tails: false, timeScale: 1 / speed });
  try {
    print(colors.dim(`A Bedrock simulator listens on ${simulator.url}; no AWS account is used.\n`));
    if (speed !== 1) print(colors.dim(`Time runs ${speed} times faster than in the lab, and so do the figures.\n`));
    await streamFromEachRegion(simulator);
    await throttleInMidRun(simulator);
    await cureWrongRegion(simulator);
    await refuseGlobal(simulator);
  } finally {
    await simulator.close();
  }
}

async function streamFromEachRegion(simulator: Simulator): Promise<void> {
  heading("1. One policy, six home Regions: each gets its own best route");
  for (const region of DEFAULT_LAB_OPTIONS.sourceRegions) {
    await withClient(simulator, region, { policy: "latency" }, async (client) => {
      for (const model of [CLAUDE, NOVA]) print(`  ${region.padEnd(15)} ${await stream(client, model)}\n`);
    });
  }
  print(colors.dim("  In the US the global profile is as fast and cheaper; elsewhere the geographic one is faster.\n"));
}

async function throttleInMidRun(simulator: Simulator): Promise<void> {
  heading("2. The geographic profile is throttled in mid-run");
  await withClient(simulator, "eu-central-1", { policy: "latency" }, async (client) => {
    for (let request = 1; request <= 6; request += 1) {
      if (request === 3) {
        simulator.setQuota({ sourceRegion: "eu-central-1", model: NOVA, scope: "geographic", requestsPerMinute: 0 });
        print(colors.yellow(`  (the quota of eu.${NOVA} is used up from here on)\n`));
      }
      print(`  request ${request}     ${await stream(client, NOVA)}\n`);
    }
    print(colors.dim("  One extra call and no waiting; later requests avoid the route until its cooldown ends.\n"));
    heading("   Live statistics of this client (ms)");
    print(`${formatStats(client.routing.stats())}\n`);
  });
}

async function cureWrongRegion(simulator: Simulator): Promise<void> {
  heading("3. A profile is called from a wrong Region");
  const id = `jp.${CLAUDE}`;
  const plain = simulator.clientConfig({ region: "ap-southeast-1" });
  await withClient(simulator, plain.region, { policy: "latency" }, async (client) => {
    try {
      await client.send(command(id));
    } catch (error) {
      print(
        `  ${id} from ap-southeast-1: ${colors.red(isRoutingError(error) ? error.name : String(error))}, before any call\n`,
      );
    }
  });
  await withClient(
    simulator,
    plain.region,
    { policy: "latency", sourceRegions: ["ap-northeast-1"] },
    async (client) => {
      print(`  with sourceRegions: ["ap-northeast-1"]  ${await stream(client, id)}\n`);
    },
  );
  print(colors.dim("  The explicit id stays a boundary: the prompt is processed in Japan, as its author asked.\n"));
}

async function refuseGlobal(simulator: Simulator): Promise<void> {
  heading("4. A residency refuses the global profile");
  const before = simulator.requests().length;
  await withClient(simulator, "ap-southeast-1", { policy: "residency" }, async (client) => {
    try {
      await client.send(command(CLAUDE));
    } catch (error) {
      print(
        `  ${colors.red(error instanceof Error ? error.message.split("\n").slice(0, 2).join("\n  ") : String(error))}\n`,
      );
    }
  });
  print(colors.dim(`  Requests that reached the service meanwhile: ${simulator.requests().length - before}.\n`));
}

async function withClient(
  simulator: Simulator,
  region: string,
  routing: RoutingOptions,
  use: (client: RoutedBedrockRuntimeClient) => Promise<void>,
): Promise<void> {
  const client = createRoutedClient({ ...simulator.clientConfig({ region }), routing });
  try {
    await use(client);
  } finally {
    client.destroy();
  }
}

async function stream(client: RoutedBedrockRuntimeClient, modelId: string): Promise<string> {
  const response = await client.send(command(modelId));
  let characters = 0;
  for await (const event of response.stream ?? []) characters += event.contentBlockDelta?.delta?.text?.length ?? 0;
  const report = getRouting(response);
  const served = report?.attempts.at(-1);
  const detours = (report?.attempts.slice(0, -1) ?? []).map(({ route, outcome }) =>
    colors.yellow(` after ${route.modelId} was ${outcome}`),
  );
  return `${colors.green((served?.route.modelId ?? "?").padEnd(36))} TTFB ${String(Math.round(served?.ttfbMs ?? 0)).padStart(4)} ms, ${characters} characters in ${Math.round(served?.totalMs ?? 0)} ms${detours.join("")}`;
}

function command(modelId: string): ConverseStreamCommand {
  return new ConverseStreamCommand({
    modelId,
    messages: [{ role: "user", content: [{ text: PROMPT }] }],
    inferenceConfig: { maxTokens: 200, temperature: 0.1 },
  });
}

function heading(text: string): void {
  print(`\n${colors.bold(text)}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}
