/** A process with one client, told by its parent what to do. */
import { setTimeout as delay } from "node:timers/promises";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, type RoutedBedrockRuntimeClient } from "../../../src/client/create-routed-client.ts";
import { getRouting } from "../../../src/router/reports.ts";
import { CREDENTIALS, HELLO, SONNET } from "../../support/requests.ts";
import { handlerFor } from "../../support/wire.ts";
import type { ClientOptions, Command, Expected, Message, Reply, Sent, Told } from "./wire.ts";

let options: ClientOptions;
let client: RoutedBedrockRuntimeClient | BedrockRuntimeClient;
const told: Told = { backups: 0, cooldowns: [] };
const blocker = new Int32Array(new SharedArrayBuffer(4));

async function run(command: Command): Promise<Reply> {
  switch (command.do) {
    case "open":
      options = command;
      open();
      return [];
    case "send": {
      const sent = sendTogether(command.requests, command.atOnce);
      // In the same turn, before anything has left the process.
      if (command.blockedForMs !== undefined) block(command.blockedForMs);
      return sent;
    }
    case "pace":
      return sendPaced(command.perSecond, command.forMs, command.giveUpMs);
    case "block":
      for (let time = 0; time < command.times; time += 1) {
        block(command.forMs);
        await delay(command.everyMs - command.forMs);
      }
      return [];
    case "expect":
      return expected();
    case "tell":
      return told;
    default:
      return command satisfies never;
  }
}

function open(): void {
  const { region, endpoint, httpVersion } = options;
  const config = { region, credentials: CREDENTIALS, ...handlerFor(httpVersion) };
  if (options.plainModelId !== undefined) {
    client = new BedrockRuntimeClient({ ...config, endpoint });
    return;
  }
  const routed = createRoutedClient({ ...config, routing: { policy: "latency", endpoints: { [region]: endpoint } } });
  routed.routing.on("backup", () => {
    told.backups += 1;
  });
  routed.routing.on("cooldown", ({ route, family }) => {
    told.cooldowns.push(`${route.modelId} ${family}`);
  });
  client = routed;
}

/** Stops the event loop without burning the CPU that the server needs. */
function block(ms: number): void {
  Atomics.wait(blocker, 0, 0, ms);
}

async function sendTogether(requests: number, atOnce: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  let started = 0;
  const work = async (): Promise<void> => {
    while (started < requests) {
      const place = started++;
      sent[place] = await sendOne();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, requests) }, work));
  return sent;
}

/** Whatever comes of the others, so many requests a second. */
async function sendPaced(perSecond: number, forMs: number, giveUpMs: number): Promise<readonly Sent[]> {
  const startedAt = performance.now();
  const sent: Promise<Sent>[] = [];
  for (let place = 0; (place / perSecond) * 1_000 < forMs; place += 1) {
    await delay(Math.max(0, startedAt + (place / perSecond) * 1_000 - performance.now()));
    sent.push(sendOne(AbortSignal.timeout(giveUpMs)));
  }
  return Promise.all(sent);
}

async function sendOne(abortSignal?: AbortSignal): Promise<Sent> {
  const startedAt = performance.now();
  const input = { modelId: options.plainModelId ?? SONNET, messages: HELLO };
  const more = abortSignal === undefined ? {} : { abortSignal };
  try {
    // The routed client is the SDK's to whoever does not ask for more.
    const sdk = client as BedrockRuntimeClient;
    const output = await (options.streaming
      ? sdk.send(new ConverseStreamCommand(input), more)
      : sdk.send(new ConverseCommand(input), more));
    const tookMs = performance.now() - startedAt;
    if ("stream" in output) for await (const _ of output.stream ?? []);
    const report = getRouting(output);
    return { modelId: report?.route?.modelId ?? input.modelId, attempts: report?.attempts.length ?? 1, tookMs };
  } catch (error) {
    return { failed: (error as Error).name, attempts: getRouting(error)?.attempts.length ?? 1, tookMs: 0 };
  }
}

async function expected(): Promise<Expected> {
  const input = { modelId: SONNET, messages: HELLO };
  const command = options.streaming ? new ConverseStreamCommand(input) : new ConverseCommand(input);
  if (!("routing" in client)) return [];
  const { candidates } = await client.routing.plan(command);
  return candidates.map(({ route, ttfbMs, samples, backupAfterMs, reasons }) => ({
    modelId: route.modelId,
    ttfbMs,
    samples,
    backupAfterMs: backupAfterMs ?? Number.POSITIVE_INFINITY,
    reasons,
  }));
}

process.on("message", ({ id, command }: Message) => {
  run(command).then((reply) => process.send?.({ id, reply }));
});
