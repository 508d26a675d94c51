import { createRoutedClient } from "bedrock-routed-client";
import { converse } from "./converse.mjs";

/** This library, which needs no list. */
export function create({ url, credentials, model, homeRegion, secondRegion, residency }) {
  const client = createRoutedClient({
    region: homeRegion,
    endpoint: url,
    credentials,
    routing: {
      policy: "latency",
      residency: residency ?? "any",
      sourceRegions: [secondRegion],
    },
  });
  return {
    ask: (prompt, signal) => converse(client, model, prompt, signal),
    close: () => client.destroy(),
  };
}
