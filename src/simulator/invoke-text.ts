import { type Answer, piecesOf, textOf } from "./answer.ts";
import type { InvokeChunk, InvokeFormat } from "./invoke-format.ts";

/** Meta Llama. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html */
export const llamaFormat: InvokeFormat = {
  body: (answer) => ({
    generation: textOf(answer),
    prompt_token_count: answer.inputTokens,
    generation_token_count: answer.outputTokens,
    stop_reason: shortReason(answer),
  }),
  chunks: (answer) => [
    ...pieceChunks(answer, (generation, index) => ({
      generation,
      prompt_token_count: index === 0 ? answer.inputTokens : null,
      generation_token_count: index + 1,
      stop_reason: null,
    })),
    end({
      generation: "",
      prompt_token_count: null,
      generation_token_count: answer.outputTokens,
      stop_reason: shortReason(answer),
    }),
  ],
};

/** Mistral text completion. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html */
export const mistralFormat: InvokeFormat = {
  body: (answer) => ({ outputs: [{ text: textOf(answer), stop_reason: shortReason(answer) }] }),
  chunks: (answer) => [
    ...pieceChunks(answer, (text) => ({ outputs: [{ text, stop_reason: null }] })),
    end({ outputs: [{ text: "", stop_reason: shortReason(answer) }] }),
  ],
};

/** DeepSeek text completion. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html */
export const deepSeekFormat: InvokeFormat = {
  body: (answer) => ({ choices: [{ text: textOf(answer), stop_reason: shortReason(answer) }] }),
  chunks: (answer) => [
    ...pieceChunks(answer, (text) => ({ choices: [{ text, stop_reason: null }] })),
    end({ choices: [{ text: "", stop_reason: shortReason(answer) }] }),
  ],
};

/** Cohere Command R. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html */
export const cohereFormat: InvokeFormat = {
  body: (answer, { id }) => ({
    response_id: id,
    generation_id: id,
    text: textOf(answer),
    finish_reason: cohereReason(answer),
  }),
  chunks: (answer, { id }) => [
    { json: { is_finished: false, event_type: "stream-start", generation_id: id }, content: false },
    ...pieceChunks(answer, (text) => ({ is_finished: false, event_type: "text-generation", text })),
    end({
      is_finished: true,
      event_type: "stream-end",
      finish_reason: cohereReason(answer),
      response: { response_id: id, generation_id: id, text: textOf(answer), finish_reason: cohereReason(answer) },
    }),
  ],
};

/** Amazon Titan text. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html */
export const titanFormat: InvokeFormat = {
  body: (answer) => ({
    inputTextTokenCount: answer.inputTokens,
    results: [{ tokenCount: answer.outputTokens, outputText: textOf(answer), completionReason: titanReason(answer) }],
  }),
  chunks: (answer) => [
    ...pieceChunks(answer, (outputText, index) => ({
      outputText,
      index,
      totalOutputTextTokenCount: null,
      completionReason: null,
      inputTextTokenCount: index === 0 ? answer.inputTokens : null,
    })),
    end({
      outputText: "",
      index: 0,
      totalOutputTextTokenCount: answer.outputTokens,
      completionReason: titanReason(answer),
      inputTextTokenCount: null,
    }),
  ],
};

function pieceChunks(
  answer: Answer,
  json: (piece: string, index: number) => Readonly<Record<string, unknown>>,
): readonly InvokeChunk[] {
  return piecesOf(textOf(answer)).map((piece, index) => ({ json: json(piece, index), content: true }));
}

function end(json: Readonly<Record<string, unknown>>): InvokeChunk {
  return { json, content: false };
}

function shortReason({ stopReason }: Answer): string {
  return stopReason === "max_tokens" ? "length" : "stop";
}

function cohereReason({ stopReason }: Answer): string {
  return stopReason === "max_tokens" ? "MAX_TOKENS" : "COMPLETE";
}

function titanReason({ stopReason }: Answer): string {
  return stopReason === "max_tokens" ? "LENGTH" : "FINISH";
}
