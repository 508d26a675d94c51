import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

/** A client of the SDK for the fake Bedrock; with the request handler's own time limit when there is one. */
export function bedrockClient(Client, { url, credentials, attemptTimeoutMs, region, ...config }) {
  const requestHandler = attemptTimeoutMs === undefined ? {} : { requestHandler: { requestTimeout: attemptTimeoutMs } };
  return new Client({ endpoint: url, credentials, region, ...requestHandler, ...config });
}

/** The pieces of the answer. */
export async function* converse(client, modelId, prompt, signal) {
  const messages = [{ role: "user", content: [{ text: prompt }] }];
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }), { abortSignal: signal });
  for await (const event of stream) {
    const text = event.contentBlockDelta?.delta?.text;
    if (text) yield text;
  }
}
