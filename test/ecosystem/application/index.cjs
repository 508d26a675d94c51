/** The application as CommonJS. `index.mjs` is the same as an ES module. It prints what it saw as JSON. */
const { ConverseCommand, ConverseStreamCommand, ThrottlingException } = require("@aws-sdk/client-bedrock-runtime");
const { createRoutedClient, getRouting, RoutedBedrockRuntimeClient } = require("bedrock-routed-client");
const { createSimulator } = require("bedrock-routed-client/simulator");
const { use } = require("./use.mjs");

const sdk = { ConverseCommand, ConverseStreamCommand, ThrottlingException };
const library = { createRoutedClient, getRouting, RoutedBedrockRuntimeClient, createSimulator };
use(sdk, library).then((seen) => console.log(JSON.stringify(seen)));
