import * as sdk from "@aws-sdk/client-bedrock-runtime";

export const MODEL = "anthropic.claude-sonnet-4-6";

/** The built package: what users run, without a compiler in between. */
const BUILT = new URL("../../../dist/index.js", import.meta.url).href;

/**
 * The client of a subject, and the `modelId` to call it with.
 * @param {"plain" | "routed"} subject
 */
export async function makeClient(subject, config) {
  const all = { region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "b" }, ...config };
  if (subject === "plain") return { client: new sdk.BedrockRuntimeClient(all), modelId: `eu.${MODEL}` };
  const { createRoutedClient } = await import(BUILT);
  return { client: createRoutedClient({ ...all, routing: { policy: "latency" } }), modelId: MODEL };
}

/** Makes one call and reads its answer to the end. */
export async function call(client, modelId, streaming) {
  const input = { modelId, messages: [{ role: "user", content: [{ text: "What is an inference profile?" }] }] };
  if (!streaming) return client.send(new sdk.ConverseCommand(input));
  const { stream } = await client.send(new sdk.ConverseStreamCommand(input));
  let events = 0;
  for await (const _event of stream) events += 1;
  return events;
}

/** CPU time of some work, in microseconds. */
export async function cpuOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
