/** AI SDK 6, the major for Node.js 20: Converse, and Claude's own Messages over InvokeModel. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock-4";
import { createBedrockAnthropic } from "@ai-sdk/amazon-bedrock-4/anthropic";
import * as ai from "ai-6";
import { checkAiSdk } from "./ai-sdk.mjs";

checkAiSdk("AI SDK 6", ai, (fetch, region) => createAmazonBedrock({ region, apiKey: "routed", fetch }));
checkAiSdk("AI SDK 6, Anthropic on Bedrock", ai, (fetch, region) =>
  createBedrockAnthropic({ region, apiKey: "routed", fetch }),
);
