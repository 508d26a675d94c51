import { asArray, type Json, member } from "./json.ts";
import { type Prompt, tokenCount } from "./prompt.ts";

/** One content block of an answer. */
export type AnswerBlock =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string; readonly signature: string }
  | { readonly kind: "tool-use"; readonly id: string; readonly name: string; readonly input: Json };

/** Why the model stopped, in the words of Converse. */
export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use";

/** What the model says to one prompt, before it takes the form of an operation. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: StopReason;
  readonly stopSequence: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What is said when nothing else was asked for: three sentences, so that a stream has something to carry. */
export const defaultText =
  "This is a complete answer from the model. It has a few sentences, so that a stream has several pieces to carry. Everything you asked for is in it.";

const wordsPerPiece = 3;

/**
 * Composes the answer to a prompt: a forced tool is used, reasoning comes first when asked for, and `text` is cut where
 * `maxTokens` or a stop sequence says so. `id` makes tool use ids unique.
 */
export function composeAnswer(prompt: Prompt, text: string, id: string): Answer {
  const reasoning: readonly AnswerBlock[] = prompt.reasoning
    ? [{ kind: "reasoning", text: "The question is clear, so I can answer it directly.", signature: signatureOf(id) }]
    : [];
  const { forcedTool } = prompt;
  if (forcedTool !== undefined) {
    const input = exampleOf(forcedTool.inputSchema);
    const use: AnswerBlock = {
      kind: "tool-use",
      id: `tooluse_${id.replaceAll("-", "").slice(0, 22)}`,
      name: forcedTool.name,
      input,
    };
    return answer(prompt, [...reasoning, use], "tool_use", undefined);
  }
  const stopped = cutAtStopSequence(text, prompt.stopSequences);
  const maxCharacters = (prompt.maxTokens ?? Number.POSITIVE_INFINITY) * 4;
  if (stopped.text.length > maxCharacters) {
    return answer(
      prompt,
      [...reasoning, { kind: "text", text: stopped.text.slice(0, maxCharacters) }],
      "max_tokens",
      undefined,
    );
  }
  const stopReason = stopped.sequence === undefined ? "end_turn" : "stop_sequence";
  return answer(prompt, [...reasoning, { kind: "text", text: stopped.text }], stopReason, stopped.sequence);
}

/** The pieces in which a stream carries a text: a few words each, and together the text again. */
export function piecesOf(text: string): readonly string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  const pieces: string[] = [];
  for (let index = 0; index < words.length; index += wordsPerPiece) {
    pieces.push(words.slice(index, index + wordsPerPiece).join(""));
  }
  return pieces;
}

/** The plain text of an answer, for bodies that have nothing else. */
export function textOf({ blocks }: Answer): string {
  return blocks.map((block) => (block.kind === "text" ? block.text : "")).join("");
}

function answer(
  prompt: Prompt,
  blocks: readonly AnswerBlock[],
  stopReason: StopReason,
  stopSequence: string | undefined,
): Answer {
  const outputTokens = blocks.reduce((sum, block) => sum + tokensIn(block), 0);
  return { blocks, stopReason, stopSequence, inputTokens: prompt.inputTokens, outputTokens: Math.max(1, outputTokens) };
}

function tokensIn(block: AnswerBlock): number {
  return tokenCount(block.kind === "tool-use" ? block.name + JSON.stringify(block.input) : block.text);
}

function cutAtStopSequence(
  text: string,
  sequences: readonly string[],
): { readonly text: string; readonly sequence: string | undefined } {
  const hits = sequences
    .map((sequence) => ({ sequence, at: sequence === "" ? -1 : text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at);
  const first = hits[0];
  return first === undefined
    ? { text, sequence: undefined }
    : { text: text.slice(0, first.at), sequence: first.sequence };
}

function signatureOf(id: string): string {
  return Buffer.from(`signature of ${id}`).toString("base64");
}

const deepestExample = 5;

/** The smallest value that a JSON Schema allows, as far as its types tell. */
function exampleOf(schema: Json, depth = 0): Json {
  const fixed = member(schema, "const") ?? asArray(member(schema, "enum"))[0];
  if (fixed !== undefined) return fixed;
  const type = member(schema, "type");
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return "example";
    case "integer":
    case "number":
      return member(schema, "minimum") ?? 1;
    case "boolean":
      return true;
    case "array":
      return [];
    case "null":
      return null;
    default:
      return objectExample(schema, depth);
  }
}

function objectExample(schema: Json, depth: number): Json {
  const example: Record<string, Json> = {};
  if (depth >= deepestExample) return example;
  for (const name of asArray(member(schema, "required"))) {
    if (typeof name === "string") example[name] = exampleOf(member(schema, "properties", name), depth + 1);
  }
  return example;
}
