/** Strands Agents: no option takes a client or a fetch, so the routed client is put in the place of its own. */
import { Agent, BedrockModel } from "@strands-agents/sdk";
import { createRoutedClient } from "bedrock-routed-client";
import { CLAUDE, checkLibrary, REGION, WEATHER } from "./door.mjs";

checkLibrary("Strands Agents", {
  model: CLAUDE,
  // The client repeats by itself, up to its maxAttempts of 3: Strands' own retries are off, or they would multiply.
  retries: 1,
  expected: {
    badRequest: /Input is too long for requested model\./,
    throttled: /Too many requests/,
    refused: /No route may serve/,
    aborted: /cancelled/,
  },
  open: ({ client, simulator }, { residency } = {}) => {
    const model = new BedrockModel({ modelId: CLAUDE, region: REGION });
    model._client =
      residency === undefined
        ? client
        : createRoutedClient({
            ...simulator.clientConfig({ region: REGION }),
            routing: { policy: "latency", residency },
          });
    const agentWith = (more) => new Agent({ model, printer: false, retryStrategy: null, ...more });
    const finished = (result) => {
      if (result.stopReason === "cancelled") throw new Error("cancelled");
      return result;
    };
    return {
      ask: async (prompt, { signal } = {}) => {
        const result = await agentWith({}).invoke(prompt, signal && { cancelSignal: signal });
        return finished(result)
          .lastMessage.content.map(({ text }) => text ?? "")
          .join("");
      },
      stream: async (prompt, { signal, onPiece } = {}) => {
        let text = "";
        const events = agentWith({}).stream(prompt, signal && { cancelSignal: signal });
        let step = await events.next();
        for (; !step.done; step = await events.next()) {
          const { event } = step.value;
          if (event?.type !== "modelContentBlockDeltaEvent" || event.delta.type !== "textDelta") continue;
          text += event.delta.text;
          onPiece?.(event.delta.text);
        }
        finished(step.value);
        return text;
      },
      callTool: async () => {
        const forced = new BedrockModel({ modelId: CLAUDE, region: REGION });
        forced._client = client;
        const { name, description, schema } = WEATHER;
        const toolSpecs = [{ name, description, inputSchema: schema }];
        let input = "";
        for await (const event of forced.stream([{ role: "user", content: [{ type: "textBlock", text: "?" }] }], {
          toolSpecs,
          toolChoice: { tool: { name } },
        })) {
          if (event.type === "modelContentBlockDeltaEvent" && event.delta.type === "toolUseInputDelta") {
            input += event.delta.input;
          }
        }
        return { name, input: JSON.parse(input) };
      },
    };
  },
});
