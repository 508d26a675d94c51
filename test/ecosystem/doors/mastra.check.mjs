/** Mastra: an agent over a model of the AI SDK. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { routingHeaders } from "bedrock-routed-client/fetch";
import { z } from "zod";
import { CLAUDE, checkLibrary, REGION, WEATHER } from "./door.mjs";

checkLibrary("Mastra", {
  model: CLAUDE,
  // An agent repeats nothing by default.
  retries: 0,
  expected: {
    badRequest: /Input is too long for requested model\./,
    throttled: /Too many requests/,
    refused: /No route may serve/,
    aborted: /abort/i,
  },
  open: ({ fetch }, { residency } = {}) => {
    const model = createAmazonBedrock({ region: REGION, apiKey: "routed", fetch })(CLAUDE);
    const weather = createTool({
      id: WEATHER.name,
      description: WEATHER.description,
      inputSchema: z.object({ city: z.string() }),
    });
    const agentWith = (tools) => {
      const agent = new Agent({ id: "check", name: "check", instructions: "Answer.", model, tools });
      return new Mastra({ agents: { agent }, logger: false }).getAgent("agent");
    };
    const agent = agentWith({});
    const modelSettings = { ...(residency !== undefined && { headers: routingHeaders({ residency }) }) };
    return {
      ask: async (prompt, { signal } = {}) => {
        const answer = await agent.generate(prompt, { modelSettings, ...(signal && { abortSignal: signal }) });
        if (signal?.aborted) throw signal.reason;
        return answer.text;
      },
      stream: async (prompt, { signal, onPiece } = {}) => {
        const stream = await agent.stream(prompt, { modelSettings, ...(signal && { abortSignal: signal }) });
        let text = "";
        for await (const chunk of stream.fullStream) {
          if (chunk.type === "text-delta") {
            text += chunk.payload.text;
            onPiece?.(chunk.payload.text);
          }
          if (chunk.type === "error") throw chunk.payload.error;
          if (chunk.type === "abort") throw signal.reason;
        }
        return text;
      },
      callTool: async () => {
        const { toolCalls } = await agentWith({ [WEATHER.name]: weather }).generate("How is the weather?", {
          toolChoice: "required",
          maxSteps: 1,
        });
        const { toolName, args } = toolCalls[0].payload;
        return { name: toolName, input: args };
      },
    };
  },
});
