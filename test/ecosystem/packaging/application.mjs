/** An application as an ES module. `application.cjs` is the same as CommonJS. It prints what it saw as JSON. */
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  paginateListAsyncInvokes,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting, isRoutingError, NoRouteError } from "bedrock-routed-client";
import { exercise } from "./exercise.mjs";

const sdk = {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  paginateListAsyncInvokes,
  ThrottlingException,
};
const library = { createRoutedClient, getRouting, isRoutingError, NoRouteError };
exercise(sdk, library).then((seen) => console.log(JSON.stringify(seen)));
