import { asArray, asString, type Json, member } from "./json.ts";
import { type Refusal, refuse } from "./refusal.ts";

/**
 * Refuses an InvokeModel body for what its vendor requires, in the vendor's words. Bodies of vendors that are not
 * listed here pass.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function validateInvoke(model: string, body: Json): Refusal | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return refuse.validation("Malformed input request, please reformat your input and try again.");
  }
  if (model.startsWith("anthropic.")) return anthropicRefusal(body);
  if (model.startsWith("amazon.nova")) return missingKey(body, "messages");
  if (model.startsWith("meta.")) return missingKey(body, "prompt");
  if (model.startsWith("amazon.titan")) return missingKey(body, "inputText");
  return undefined;
}

function missingKey(body: Json, key: string): Refusal | undefined {
  if (member(body, key) !== undefined) return undefined;
  return refuse.validation(
    `Malformed input request: #: required key [${key}] not found, please reformat your input and try again.`,
  );
}

function anthropicRefusal(body: Json): Refusal | undefined {
  // The text completions of Claude 2 have a prompt instead of messages.
  if (member(body, "prompt") !== undefined) return undefined;
  for (const name of ["anthropic_version", "max_tokens", "messages"]) {
    if (member(body, name) === undefined) return refuse.validation(`${name}: Field required`);
  }
  const messages = asArray(member(body, "messages"));
  if (messages.length === 0) return refuse.validation("messages: at least one message is required");
  const blank = messages
    .flatMap((message) => asArray(member(message, "content")))
    .some((block) => member(block, "type") === "text" && asString(member(block, "text")) === "");
  return blank ? refuse.validation("messages: text content blocks must be non-empty") : undefined;
}
