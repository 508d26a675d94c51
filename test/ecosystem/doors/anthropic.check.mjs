/** Anthropic's SDKs: for Bedrock (InvokeModel), and the first-party one on bedrock-runtime's Messages. */
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import Anthropic from "@anthropic-ai/sdk";
import { routingHeaders } from "bedrock-routed-client/fetch";
import { CLAUDE, checkLibrary, REGION, runtimeOf, WEATHER } from "./door.mjs";

function checkAnthropic(name, connect) {
  checkLibrary(name, {
    model: CLAUDE,
    retries: 2,
    namesRegion: true,
    expected: {
      badRequest: /BadRequestError 400 [\s\S]*Input is too long for requested model\./,
      throttled: /RateLimitError 429 /,
      refused: /BadRequestError 400 [\s\S]*No route may serve/,
      aborted: /APIUserAbortError/,
    },
    open: ({ fetch }, { residency, region = REGION } = {}) => {
      const client = connect(fetch, region);
      const headers = residency === undefined ? {} : routingHeaders({ residency });
      const ask = (prompt, more = {}) => ({
        model: CLAUDE,
        max_tokens: 1_000,
        messages: [{ role: "user", content: prompt }],
        ...more,
      });
      return {
        ask: async (prompt, { signal } = {}) =>
          (await client.messages.create(ask(prompt), { signal, headers })).content[0].text,
        stream: async (prompt, { signal, onPiece } = {}) => {
          const stream = client.messages.stream(ask(prompt), { signal, headers });
          stream.on("text", (piece) => onPiece?.(piece));
          return stream.finalText();
        },
        callTool: async () => {
          const { name, description, schema } = WEATHER;
          const tools = [{ name, description, input_schema: schema }];
          const answer = await client.messages.create(
            ask("How is the weather?", { tools, tool_choice: { type: "tool", name } }),
          );
          const use = answer.content.find(({ type }) => type === "tool_use");
          return { name: use.name, input: use.input };
        },
      };
    },
  });
}

checkAnthropic(
  "Anthropic Bedrock SDK",
  (fetch, awsRegion) => new AnthropicBedrock({ awsRegion, skipAuth: true, fetch }),
);
checkAnthropic(
  "Anthropic SDK on bedrock-runtime",
  (fetch, region) => new Anthropic({ baseURL: `${runtimeOf(region)}/anthropic`, apiKey: "routed", fetch }),
);
