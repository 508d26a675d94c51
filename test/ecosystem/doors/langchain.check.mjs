/** LangChain: its chat model takes a client of the SDK, and so the routed one. Its own retries stay as they are. */
import { ChatBedrockConverse } from "@langchain/aws";
import { tool } from "@langchain/core/tools";
import { createRoutedClient } from "bedrock-routed-client";
import { CLAUDE, checkLibrary, REGION, WEATHER } from "./door.mjs";

checkLibrary("LangChain", {
  model: CLAUDE,
  // The client repeats by itself, up to its maxAttempts of 3.
  retries: 1,
  expected: {
    badRequest: /ValidationException[\s\S]*Input is too long for requested model\./,
    throttled: /ThrottlingException/,
    refused: /NoRouteError[\s\S]*No route may serve/,
    aborted: /AbortError/,
  },
  open: ({ client, simulator }, { residency } = {}) => {
    const routing = { policy: "latency", residency };
    const own =
      residency === undefined ? client : createRoutedClient({ ...simulator.clientConfig({ region: REGION }), routing });
    const chat = new ChatBedrockConverse({ client: own, region: REGION, model: CLAUDE });
    return {
      ask: async (prompt, { signal } = {}) => (await chat.invoke(prompt, { signal })).text,
      stream: async (prompt, { signal, onPiece } = {}) => {
        let text = "";
        for await (const { text: piece } of await chat.stream(prompt, { signal })) {
          text += piece;
          if (piece !== "") onPiece?.(piece);
        }
        return text;
      },
      callTool: async () => {
        const { name, description, schema } = WEATHER;
        const weather = tool(async () => "sunny", { name, description, schema });
        const { tool_calls: calls } = await chat.bindTools([weather], { tool_choice: name }).invoke("How is it?");
        return { name: calls[0].name, input: calls[0].args };
      },
    };
  },
});
