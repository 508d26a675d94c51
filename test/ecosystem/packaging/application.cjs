/** An application as CommonJS. `application.mjs` is the same as an ES module. It prints what it saw as JSON. */
const {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  paginateListAsyncInvokes,
  ThrottlingException,
} = require("@aws-sdk/client-bedrock-runtime");
const { createRoutedClient, getRouting, isRoutingError, NoRouteError } = require("bedrock-routed-client");

const sdk = {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  paginateListAsyncInvokes,
  ThrottlingException,
};
const library = { createRoutedClient, getRouting, isRoutingError, NoRouteError };
import("./exercise.mjs")
  .then(({ exercise }) => exercise(sdk, library))
  .then((seen) => console.log(JSON.stringify(seen)));
