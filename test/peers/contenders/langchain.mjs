import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { bedrockClient } from "./converse.mjs";

/** One chat model a route; the others are fallbacks of the first. */
export function create({ targets, variant, credentials, ...bedrock }) {
  const attempts = variant === "one attempt" ? { maxAttempts: 1 } : {};
  const models = targets.map(({ region, modelId }) => {
    const client = bedrockClient(BedrockRuntimeClient, { ...bedrock, credentials, region, ...attempts });
    return new ChatBedrockConverse({ model: modelId, region, credentials, client, maxRetries: 0 });
  });
  const [first, ...fallbacks] = models;
  const chat = first.withFallbacks(fallbacks);
  return {
    async *ask(prompt, signal) {
      for await (const chunk of await chat.stream(prompt, { signal })) if (chunk.text) yield chunk.text;
    },
    close() {
      for (const { client } of models) client.destroy();
    },
  };
}
