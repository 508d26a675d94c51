import { inspectInput } from "../../src/client/inspect-input.ts";
import { quantileOf } from "./median.ts";

const WALKS = 20_000;

/** What it takes to look through a conversation of 100 turns with 30 tools, in microseconds. */
export interface WalkFigures {
  readonly p50Us: number;
  readonly p90Us: number;
}

/** Times the look at a long request that comes before it is planned. */
export function measureInputWalk(): WalkFigures {
  const inputs = Array.from({ length: 8 }, (_, number) => longConversation(number));
  const took: number[] = [];
  for (let walk = 0; walk < WALKS; walk += 1) {
    const input = inputs[walk % inputs.length]!;
    const startedAt = performance.now();
    inspectInput(input);
    if (walk >= WALKS / 2) took.push((performance.now() - startedAt) * 1_000);
  }
  return { p50Us: quantileOf(took, 0.5), p90Us: quantileOf(took, 0.9) };
}

export function longConversation(number: number): Readonly<Record<string, unknown>> {
  const messages = Array.from({ length: 100 }, (_, turn) => ({
    role: turn % 2 === 0 ? "user" : "assistant",
    content: contentOf(turn, number),
  }));
  const tools = Array.from({ length: 30 }, (_, tool) => ({
    toolSpec: {
      name: `tool_${tool}`,
      description: "Looks something up and tells what it found.",
      inputSchema: {
        json: {
          type: "object",
          properties: {
            query: { type: "string", description: "What to look up." },
            limit: { type: "integer", minimum: 1, maximum: 50 },
            kind: { type: "string", enum: ["fast", "thorough"] },
          },
          required: ["query"],
        },
      },
    },
  }));
  return {
    modelId: "anthropic.claude-sonnet-4-6",
    system: [{ text: "You answer in one sentence." }],
    messages,
    toolConfig: { tools },
    inferenceConfig: { maxTokens: 1_000, temperature: 0 },
  };
}

/** Text, and in every fifth turn a tool that is used or what it told. */
function contentOf(turn: number, number: number): readonly object[] {
  const text = { text: `Turn ${turn} of conversation ${number}.` };
  if (turn % 10 === 5) {
    return [text, { toolUse: { toolUseId: `use-${turn}`, name: "tool_3", input: { query: "Region", limit: 5 } } }];
  }
  if (turn % 10 === 6) {
    const content = [
      {
        json: {
          found: [
            { title: "One", score: 0.9 },
            { title: "Two", score: 0.7 },
          ],
        },
      },
    ];
    return [{ toolResult: { toolUseId: `use-${turn - 1}`, content, status: "success" } }, text];
  }
  return [text];
}
