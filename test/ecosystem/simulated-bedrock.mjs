import { createRoutedClient } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

export const MODEL = "anthropic.claude-sonnet-4-6";
export const HELLO = [{ role: "user", content: [{ text: "Hello" }] }];

/** What the routes of `MODEL` from `us-east-1` are, best first, when nothing has been observed yet. */
export const ROUTES = [
  { sourceRegion: "us-east-1", modelId: `global.${MODEL}` },
  { sourceRegion: "us-east-1", modelId: `us.${MODEL}` },
];

/** A Bedrock on loopback for the tests of one file; `client()` makes a routed client that calls it. */
export async function simulatedBedrock(options = {}) {
  const simulator = await createSimulator({ timeScale: 0, ...options });
  const clients = [];
  const config = (region = "us-east-1") => simulator.clientConfig({ region });
  return {
    simulator,
    config,
    client({ routing = {}, ...sdk } = {}) {
      const client = createRoutedClient({ ...config(), ...sdk, routing: { policy: "latency", ...routing } });
      clients.push(client);
      return client;
    },
    /** Source Region and `modelId` of the requests that were received since the last call, in order. */
    calls() {
      const seen = simulator.requests().slice(this.counted);
      this.counted += seen.length;
      return seen.map(({ sourceRegion, modelId }) => ({ sourceRegion, modelId }));
    },
    counted: 0,
    async close() {
      for (const client of clients) client.destroy();
      await simulator.close();
    },
  };
}

/** The text of a ConverseStream answer. */
export async function textOf(stream) {
  let text = "";
  for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? "";
  return text;
}
