import type { InvokeContext, InvokeFormat } from "./invoke-format.ts";
import { asArray, asString, member } from "./json.ts";
import { draw } from "./seeded-random.ts";

/**
 * Amazon Titan and Cohere embeddings: the same text has the same vector everywhere.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
 */
export const embeddingFormat: InvokeFormat = {
  body: (answer, context) =>
    context.model.startsWith("cohere.")
      ? cohereBody(context)
      : {
          embedding: vectorOf(asString(member(context.requestBody, "inputText")) ?? ""),
          inputTextTokenCount: answer.inputTokens,
        },
  chunks: () => [],
};

const dimensions = 256;

function cohereBody({ id, requestBody }: InvokeContext): unknown {
  const texts = asArray(member(requestBody, "texts")).map((text) => asString(text) ?? "");
  return { id, texts, embeddings: texts.map(vectorOf), response_type: "embeddings_floats" };
}

/** A vector of length 1. */
function vectorOf(text: string): readonly number[] {
  const raw = Array.from({ length: dimensions }, (_, index) => draw(text, index) - 0.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
