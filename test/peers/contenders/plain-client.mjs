import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { bedrockClient, converse } from "./converse.mjs";

/** The plain client on the first route. */
export function create({ targets: [target], variant, ...bedrock }) {
  const client = bedrockClient(BedrockRuntimeClient, { ...bedrock, region: target.region, retryMode: variant });
  return {
    ask: (prompt, signal) => converse(client, target.modelId, prompt, signal),
    close: () => client.destroy(),
  };
}
