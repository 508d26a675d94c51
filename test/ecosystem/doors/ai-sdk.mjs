import { routingHeaders } from "bedrock-routed-client/fetch";
import { CLAUDE, checkLibrary, REGION, WEATHER } from "./door.mjs";

/** The AI SDK, whichever major: `ai` and its provider for Amazon Bedrock. */
export function checkAiSdk(name, { generateText, streamText, jsonSchema, tool }, provide) {
  checkLibrary(name, {
    model: CLAUDE,
    retries: 2,
    namesRegion: true,
    expected: {
      badRequest: /AI_APICallError[\s\S]*Input is too long for requested model\.[\s\S]*400|400[\s\S]*Input is too long/,
      throttled: /AI_RetryError[\s\S]*AI_APICallError/,
      refused: /AI_APICallError NoRouteError|AI_APICallError[\s\S]*No route may serve/,
      aborted: /AbortError/,
    },
    open: ({ fetch }, { residency, region = REGION } = {}) => {
      const model = provide(fetch, region)(CLAUDE);
      const headers = residency === undefined ? {} : { headers: routingHeaders({ residency }) };
      return {
        ask: async (prompt, { signal } = {}) =>
          (await generateText({ model, prompt, abortSignal: signal, ...headers })).text,
        stream: async (prompt, { signal, onPiece } = {}) => {
          const { fullStream } = streamText({ model, prompt, abortSignal: signal, onError: () => {}, ...headers });
          let text = "";
          for await (const part of fullStream) {
            if (part.type === "text-delta") {
              text += part.text;
              onPiece?.(part.text);
            }
            if (part.type === "error") throw part.error;
            if (part.type === "abort") throw signal.reason;
          }
          return text;
        },
        callTool: async () => {
          const tools = {
            [WEATHER.name]: tool({ description: WEATHER.description, inputSchema: jsonSchema(WEATHER.schema) }),
          };
          const { toolCalls } = await generateText({
            model,
            prompt: "How is the weather?",
            tools,
            toolChoice: "required",
          });
          return { name: toolCalls[0].toolName, input: toolCalls[0].input };
        },
      };
    },
  });
}
