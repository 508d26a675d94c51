import { asArray, type Json, member } from "./json.ts";
import type { OperationName } from "./operations.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Refuses a body of Chat Completions, Responses or Messages for what its API requires, and what Bedrock does not offer. */
export function validateBodyModel(operation: OperationName, body: Json): Refusal | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return refuse.validation("We could not parse the JSON body of your request.");
  }
  const required = REQUIRED[operation]?.find((name) => member(body, name) === undefined);
  if (required !== undefined) {
    return refuse.validation(
      operation === "Messages" ? `${required}: Field required` : `Missing required parameter: '${required}'.`,
    );
  }
  if (operation === "CreateResponse") {
    return member(body, "background") === true
      ? refuse.validation("The background parameter is not supported")
      : undefined;
  }
  if (asArray(member(body, "messages")).length === 0) {
    return refuse.validation(
      operation === "Messages"
        ? "messages: at least one message is required"
        : "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    );
  }
  return undefined;
}

const REQUIRED: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  ChatCompletions: ["model", "messages"],
  CreateResponse: ["model", "input"],
  Messages: ["model", "max_tokens", "messages"],
};
