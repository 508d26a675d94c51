import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { streamText } from "ai";
import { createFallback, defaultShouldRetryThisError } from "ai-fallback";

/** One model of the AI SDK a route. */
export function create({ targets, url, credentials, attemptTimeoutMs, variant }) {
  const limited = attemptTimeoutMs === undefined ? {} : { fetch: fetchWithin(attemptTimeoutMs) };
  const models = targets.map(({ region, modelId }) =>
    createAmazonBedrock({ region, baseURL: url, ...credentials, ...limited })(modelId),
  );
  const byHand = variant === "set by hand" ? { retryAfterOutput: false, shouldRetryThisError } : {};
  const model = createFallback({ models, modelResetInterval: 60_000, ...byHand });
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
    close() {},
  };
}

function shouldRetryThisError(error) {
  return defaultShouldRetryThisError(error) || /model identifier is invalid/.test(error?.message);
}

/** Waits for the head of the response, not for its end, and fails as the `fetch` of Node.js does at its own limit. */
function fetchWithin(limitMs) {
  return async (input, init) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(headersTimeout()), limitMs);
    try {
      return await fetch(input, { ...init, signal: AbortSignal.any([controller.signal, ...signalsOf(init)]) });
    } finally {
      clearTimeout(timer);
    }
  };
}

function headersTimeout() {
  return new TypeError("fetch failed", { cause: new Error("Headers Timeout Error") });
}

function signalsOf(init) {
  return init?.signal ? [init.signal] : [];
}
