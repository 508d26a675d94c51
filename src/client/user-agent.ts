import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";

type UserAgent = BedrockRuntimeClientConfig["customUserAgent"];

/** Adds this library to the caller's own user agent, as `lib/bedrock-routed-client#version`. */
export function withUserAgent(callers: UserAgent, version: string): NonNullable<UserAgent> {
  const own: [string, string] = ["lib/bedrock-routed-client", version];
  if (callers === undefined) return [own];
  return typeof callers === "string" ? [[callers], own] : [...callers, own];
}
