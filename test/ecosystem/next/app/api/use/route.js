import { ConverseCommand, ConverseStreamCommand, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting, RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";
import { use } from "../../../use.mjs";

export const dynamic = "force-dynamic";

export async function GET() {
  const sdk = { ConverseCommand, ConverseStreamCommand, ThrottlingException };
  return Response.json(await use(sdk, { createRoutedClient, getRouting, RoutedBedrockRuntimeClient, createSimulator }));
}
