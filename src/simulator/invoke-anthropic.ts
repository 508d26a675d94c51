import { type Answer, type AnswerBlock, piecesOf } from "./answer.ts";
import { jsonPieces } from "./converse.ts";
import type { InvokeChunk, InvokeContext, InvokeFormat } from "./invoke-format.ts";

/**
 * The Anthropic Messages API.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const anthropicFormat: InvokeFormat = {
  body: (answer, context) => ({
    ...messageHead(context),
    content: answer.blocks.map(contentBlock),
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence ?? null,
    usage: usage(answer, answer.outputTokens),
  }),
  chunks: (answer, context) => [
    frame("message_start", {
      message: {
        ...messageHead(context),
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: usage(answer, 1),
      },
    }),
    ...answer.blocks.flatMap((block, index) => [
      frame("content_block_start", { index, content_block: emptyBlock(block) }),
      ...deltas(block).map(
        (delta): InvokeChunk => ({ json: { type: "content_block_delta", index, delta }, content: true }),
      ),
      frame("content_block_stop", { index }),
    ]),
    frame("message_delta", {
      delta: { stop_reason: answer.stopReason, stop_sequence: answer.stopSequence ?? null },
      usage: { output_tokens: answer.outputTokens },
    }),
    frame("message_stop", {}),
  ],
};

function messageHead({ model, id }: InvokeContext): Readonly<Record<string, unknown>> {
  return {
    model: model.replace(/^anthropic\./, "").replace(/-v\d+(?::\d+)?$/, ""),
    id: `msg_bdrk_${id.replaceAll("-", "").slice(0, 24)}`,
    type: "message",
    role: "assistant",
  };
}

function contentBlock(block: AnswerBlock): unknown {
  switch (block.kind) {
    case "text":
      return { type: "text", text: block.text };
    case "reasoning":
      return { type: "thinking", thinking: block.text, signature: block.signature };
    case "tool-use":
      return {
        type: "tool_use",
        id: block.id.replace("tooluse_", "toolu_bdrk_"),
        name: block.name,
        input: block.input,
      };
    default:
      return block satisfies never;
  }
}

function emptyBlock(block: AnswerBlock): unknown {
  switch (block.kind) {
    case "text":
      return { type: "text", text: "" };
    case "reasoning":
      return { type: "thinking", thinking: "", signature: "" };
    case "tool-use":
      return { ...(contentBlock(block) as object), input: {} };
    default:
      return block satisfies never;
  }
}

function deltas(block: AnswerBlock): readonly unknown[] {
  switch (block.kind) {
    case "text":
      return piecesOf(block.text).map((text) => ({ type: "text_delta", text }));
    case "reasoning":
      return [
        ...piecesOf(block.text).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool-use":
      return jsonPieces(JSON.stringify(block.input)).map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
    default:
      return block satisfies never;
  }
}

function usage({ inputTokens }: Answer, outputTokens: number): unknown {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  };
}

function frame(type: string, rest: Readonly<Record<string, unknown>>): InvokeChunk {
  return { json: { type, ...rest }, content: false };
}
