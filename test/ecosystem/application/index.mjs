/** The application as an ES module. `index.cjs` is the same as CommonJS. It prints what it saw as JSON. */
import { ConverseCommand, ConverseStreamCommand, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting, RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";
import { use } from "./use.mjs";

const sdk = { ConverseCommand, ConverseStreamCommand, ThrottlingException };
const library = { createRoutedClient, getRouting, RoutedBedrockRuntimeClient, createSimulator };
use(sdk, library).then((seen) => console.log(JSON.stringify(seen)));
