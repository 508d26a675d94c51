import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import pc from "picocolors";
import type { RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import { createRoutedClient } from "../client/create-routed-client.ts";
import type { RoutingOptions } from "../options/options.ts";
import { formatStats } from "../router/format-stats.ts";
import { getRouting } from "../router/reports.ts";
import { createSimulator, type Simulator } from "../simulator/index.ts";
import { isRoutingError } from "../types/errors.ts";
import { silenceNodeVersions } from "./connect.ts";
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
  silenceNodeVersions();
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
  heading("1. One policy, six home Regions, all at once: each gets its own best route");
  const lines = await Promise.all(
    DEFAULT_LAB_OPTIONS.sourceRegions.map((region) =>
      withClient(simulator, region, async (client) => {
        const answers = await Promise.all([CLAUDE, NOVA].map((model) => stream(client, model)));
        return answers.map((answer) => `  ${region.padEnd(15)} ${answer}\n`).join("");
      }),
    ),
  );
  print(lines.join(""));
  print(colors.dim("  In the US the global profile is as fast and cheaper; elsewhere the geographic one is faster.\n"));
}

async function throttleInMidRun(simulator: Simulator): Promise<void> {
  heading("2. The geographic profile is throttled in mid-run: this client, and the plain SDK beside it");
  const home = "eu-central-1";
  const plain = new BedrockRuntimeClient(simulator.clientConfig({ region: home }));
  await withClient(simulator, home, async (client) => {
    for (let request = 1; request <= 4; request += 1) {
      if (request === 2) {
        simulator.setQuota({ sourceRegion: home, model: NOVA, scope: "geographic", requestsPerMinute: 0 });
        print(colors.yellow(`  (the quota of eu.${NOVA} is used up from here on)\n`));
      }
      const [routed, direct] = await Promise.all([stream(client, NOVA), sendPlainly(plain)]);
      print(`  request ${request}  routed     ${routed}\n             plain SDK  ${direct}\n`);
    }
    print(colors.dim("  One extra call and no waiting; later requests avoid the route until its cooldown ends.\n"));
    heading("   Live statistics of this client (ms)");
    print(`${formatStats(client.routing.stats())}\n`);
  });
  plain.destroy();
}

/** What an application without this library does: the profile that it was told, and the SDK's own retries. */
async function sendPlainly(client: BedrockRuntimeClient): Promise<string> {
  const modelId = `eu.${NOVA}`;
  const startedAt = performance.now();
  const took = (): string => `after ${Math.round(performance.now() - startedAt)} ms`;
  try {
    const response = await client.send(command(modelId));
    const ttfbMs = Math.round(performance.now() - startedAt);
    for await (const _event of response.stream ?? []);
    return `${colors.green(modelId.padEnd(36))} TTFB ${String(ttfbMs).padStart(4)} ms`;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { attempts?: number } };
    const calls = $metadata?.attempts ?? 1;
    return `${colors.red(name)} ${took()}, ${calls} ${calls === 1 ? "call" : "calls"} of the same profile`;
  }
}

async function cureWrongRegion(simulator: Simulator): Promise<void> {
  heading("3. A profile is called from a wrong Region");
  const id = `jp.${CLAUDE}`;
  const home = "ap-southeast-1";
  await withClient(simulator, home, async (client) => {
    try {
      await client.send(command(id));
    } catch (error) {
      const name = isRoutingError(error) ? error.name : String(error);
      print(`  ${id} from ${home}: ${colors.red(name)}, before any call\n`);
    }
  });
  await withClient(
    simulator,
    home,
    async (client) => print(`  with sourceRegions: ["ap-northeast-1"]  ${await stream(client, id)}\n`),
    { policy: "latency", sourceRegions: ["ap-northeast-1"] },
  );
  print(colors.dim("  The explicit id stays a boundary: the prompt is processed in Japan, as its author asked.\n"));
}

async function refuseGlobal(simulator: Simulator): Promise<void> {
  heading("4. A residency refuses the global profile");
  const before = simulator.requests().length;
  await withClient(
    simulator,
    "ap-southeast-1",
    async (client) => {
      try {
        await client.send(command(CLAUDE));
      } catch (error) {
        const lines = error instanceof Error ? error.message.split("\n").slice(0, 2) : [String(error)];
        print(`  ${colors.red(lines.join("\n  "))}\n`);
      }
    },
    { policy: "residency" },
  );
  print(colors.dim(`  Requests that reached the service meanwhile: ${simulator.requests().length - before}.\n`));
}

async function withClient<Result>(
  simulator: Simulator,
  region: string,
  use: (client: RoutedBedrockRuntimeClient) => Promise<Result>,
  routing: RoutingOptions = { policy: "latency" },
): Promise<Result> {
  const client = createRoutedClient({ ...simulator.clientConfig({ region }), routing });
  try {
    return await use(client);
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
