/** AI SDK 7: Converse, and Claude's own Messages over InvokeModel. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createBedrockAnthropic } from "@ai-sdk/amazon-bedrock/anthropic";
import * as ai from "ai";
import { checkAiSdk } from "./ai-sdk.mjs";

checkAiSdk("AI SDK 7", ai, (fetch, region) => createAmazonBedrock({ region, apiKey: "routed", fetch }));
checkAiSdk("AI SDK 7, Anthropic on Bedrock", ai, (fetch, region) =>
  createBedrockAnthropic({ region, apiKey: "routed", fetch }),
);
