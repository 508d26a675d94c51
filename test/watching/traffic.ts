import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import type { RoutedBedrockRuntimeClient } from "../../src/client/create-routed-client.ts";
import { converseCommand, EU_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { untilWaiting, type Wire } from "../support/wire.ts";

/** What the prompts of the traffic say. */
export const PROMPT: string = HELLO[0]?.content?.[0]?.text ?? "";

export async function readStream(client: RoutedBedrockRuntimeClient): Promise<void> {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId: SONNET, messages: HELLO }));
  for await (const _event of stream ?? []);
}

/** Streams and unary calls, a failover, a backup that wins, an answer without a known cost and a request that fails. */
export async function playTraffic({ client, simulator, clock }: Wire): Promise<void> {
  await readStream(client);
  await client.send(converseCommand());
  for await (const _event of (await client.send(new ConverseStreamCommand({ modelId: SONNET, messages: HELLO })))
    .stream ?? []) {
    break;
  }
  simulator.enqueue({ kind: "stall" });
  const pending = readStream(client);
  let backups = 0;
  client.routing.on("backup", () => {
    backups += 1;
  });
  await untilWaiting(clock);
  while (backups === 0) await clock.advance(500);
  await pending;
  simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "throttle", limit: "tokens" } });
  await readStream(client);
  simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message: "the prompt is too long" });
  await client.send(converseCommand()).catch(() => {});
}
