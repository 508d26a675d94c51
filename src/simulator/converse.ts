import { type Answer, type AnswerBlock, piecesOf } from "./answer.ts";
import type { StreamEvent } from "./event-stream.ts";

/**
 * The body of a Converse answer.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converseBody(answer: Answer, latencyMs: number): unknown {
  return {
    metrics: { latencyMs },
    output: { message: { content: answer.blocks.map(contentBlock), role: "assistant" } },
    stopReason: answer.stopReason,
    usage: usage(answer),
  };
}

/**
 * The events of a ConverseStream answer. A text block has no start event: its first delta opens it.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function converseEvents(answer: Answer, latencyMs: number): readonly StreamEvent[] {
  return [
    frameEvent("messageStart", { role: "assistant" }),
    ...answer.blocks.flatMap((block, contentBlockIndex) => [
      ...blockEvents(block, contentBlockIndex),
      frameEvent("contentBlockStop", { contentBlockIndex }),
    ]),
    frameEvent("messageStop", { stopReason: answer.stopReason }),
    frameEvent("metadata", { metrics: { latencyMs }, usage: usage(answer) }),
  ];
}

function blockEvents(block: AnswerBlock, contentBlockIndex: number): readonly StreamEvent[] {
  const delta = (payload: unknown): StreamEvent => ({
    type: "contentBlockDelta",
    payload: { contentBlockIndex, delta: payload },
    content: true,
  });
  switch (block.kind) {
    case "text":
      return piecesOf(block.text).map((text) => delta({ text }));
    case "reasoning":
      return [
        ...piecesOf(block.text).map((text) => delta({ reasoningContent: { text } })),
        delta({ reasoningContent: { signature: block.signature } }),
      ];
    case "tool-use": {
      const start = { contentBlockIndex, start: { toolUse: { name: block.name, toolUseId: block.id } } };
      const input = JSON.stringify(block.input);
      return [
        { type: "contentBlockStart", payload: start, content: true },
        ...jsonPieces(input).map((piece) => delta({ toolUse: { input: piece } })),
      ];
    }
    default:
      return block satisfies never;
  }
}

/** The pieces in which a stream carries the input of a tool: none of them is JSON by itself. */
export function jsonPieces(json: string): readonly string[] {
  return json.match(/.{1,12}/gsu) ?? [];
}

function contentBlock(block: AnswerBlock): unknown {
  switch (block.kind) {
    case "text":
      return { text: block.text };
    case "reasoning":
      return { reasoningContent: { reasoningText: { signature: block.signature, text: block.text } } };
    case "tool-use":
      return { toolUse: { input: block.input, name: block.name, toolUseId: block.id } };
    default:
      return block satisfies never;
  }
}

function usage({ inputTokens, outputTokens }: Answer): unknown {
  return {
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
  };
}

function frameEvent(type: string, payload: unknown): StreamEvent {
  return { type, payload, content: false };
}
