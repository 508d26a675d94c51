import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type * as Library from "bedrock-routed-client";
import { medianOf } from "./median.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const ROUNDS = 40;
const CALLS = 250;

/** CPU time of a Converse call. */
export interface CpuFigures {
  readonly ratio: number;
  readonly plainUs: number;
  readonly routedUs: number;
}

/**
 * CPU time of a routed Converse call over the plain client's, in alternating rounds.
 * @param transport - what both send through: a stub in the process, or an endpoint that is reached over HTTP/2
 */
export async function measureCpu(transport: BedrockRuntimeClientConfig): Promise<CpuFigures> {
  const config = {
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    ...transport,
  };
  // The built package: what users run, without a compiler in between.
  const built = new URL("../../dist/index.js", import.meta.url).href;
  const { createRoutedClient } = (await import(built)) as typeof Library;
  const plain = new BedrockRuntimeClient(config);
  const routed = createRoutedClient({ ...config, routing: { policy: "latency" } });
  await cpuPerCall(plain, `eu.${MODEL}`, 2_000);
  await cpuPerCall(routed, MODEL, 2_000);
  const rounds: { plain: number; routed: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Which of the two goes first alternates: garbage of the one is collected in the time of the other.
    const first = round % 2 === 0;
    const before = first ? await cpuPerCall(plain, `eu.${MODEL}`, CALLS) : undefined;
    const routedUs = await cpuPerCall(routed, MODEL, CALLS);
    rounds.push({ plain: before ?? (await cpuPerCall(plain, `eu.${MODEL}`, CALLS)), routed: routedUs });
  }
  plain.destroy();
  routed.destroy();
  return {
    ratio: medianOf(rounds.map((round) => round.routed)) / medianOf(rounds.map((round) => round.plain)),
    plainUs: medianOf(rounds.map((round) => round.plain)),
    routedUs: medianOf(rounds.map((round) => round.routed)),
  };
}

async function cpuPerCall(client: BedrockRuntimeClient, modelId: string, calls: number): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    await client.send(
      new ConverseCommand({
        modelId,
        messages: [{ role: "user", content: [{ text: "What is an inference profile?" }] }],
      }),
    );
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}
