import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { streamText } from "ai";
import { createRoutedFetch } from "bedrock-routed-client/fetch";

/** The AI SDK by itself on the first route, or with a `fetch` that finds the routes. */
export function create({ variant, ...setup }) {
  const { model, close } = variant === "routed" ? routed(setup) : alone(setup);
  return {
    async *ask(prompt, abortSignal) {
      // The SDK prints an error that nobody listens to; here it arrives as a part of the stream as well.
      const { fullStream } = streamText({ model, prompt, abortSignal, onError: () => {} });
      for await (const part of fullStream) {
        if (part.type === "text-delta" && part.text) yield part.text;
        if (part.type === "error") throw part.error;
        if (part.type === "abort") throw abortSignal.reason;
      }
    },
    close,
  };
}

function alone({ targets: [{ region, modelId }], url, credentials }) {
  return { model: createAmazonBedrock({ region, baseURL: url, ...credentials })(modelId), close() {} };
}

function routed({ url, credentials, model, homeRegion: region, secondRegion, residency }) {
  const fetch = createRoutedFetch({
    ...{ region, endpoint: url, credentials },
    routing: { policy: "latency", ...(residency !== undefined && { residency }), sourceRegions: [secondRegion] },
  });
  return {
    model: createAmazonBedrock({ region, apiKey: "routed", fetch })(model),
    close: () => fetch.client.destroy(),
  };
}
