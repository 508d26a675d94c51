import { asArray, asNumber, asString, type Json, member } from "./json.ts";
import { type Refusal, refuse } from "./refusal.ts";

/**
 * Refuses a Converse body for the caller's mistakes that Bedrock itself finds, in its words: first the constraints of
 * the service model, all together, then the conversation.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html
 */
export function validateConverse(body: Json): Refusal | undefined {
  const violations = [...inferenceViolations(body), ...toolNameViolations(body)];
  if (violations.length > 0) return refuse.constraints(violations);
  const messages = asArray(member(body, "messages"));
  return (
    rolesRefusal(messages) ?? contentRefusal(messages) ?? toolConfigRefusal(body, messages) ?? thinkingRefusal(body)
  );
}

const mostDocuments = 5;
const smallestThinkingBudget = 1024;

function inferenceViolations(body: Json): readonly string[] {
  const config = member(body, "inferenceConfig");
  return [
    ...rangeViolations("inferenceConfig.temperature", asNumber(member(config, "temperature")), 0, 1),
    ...rangeViolations("inferenceConfig.topP", asNumber(member(config, "topP")), 0, 1),
    ...integerViolations("inferenceConfig.maxTokens", asNumber(member(config, "maxTokens")), 1),
  ];
}

function rangeViolations(path: string, value: number | undefined, least: number, most: number): readonly string[] {
  if (value === undefined) return [];
  // The service prints floats with their decimal point.
  const printed = Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (value > most) return [violation(path, `Member must have value less than or equal to ${most}`, printed)];
  if (value < least) return [violation(path, `Member must have value greater than or equal to ${least}`, printed)];
  return [];
}

function integerViolations(path: string, value: number | undefined, least: number): readonly string[] {
  if (value === undefined || value >= least) return [];
  return [violation(path, `Member must have value greater than or equal to ${least}`, String(value))];
}

function toolNameViolations(body: Json): readonly string[] {
  return asArray(member(body, "toolConfig", "tools")).flatMap((tool, index) => {
    const name = asString(member(tool, "toolSpec", "name"));
    const path = `toolConfig.tools.${index + 1}.member.toolSpec.name`;
    if (name === undefined) return [];
    const broken: string[] = [];
    if (name.length > 64) broken.push(violation(path, "Member must have length less than or equal to 64", name));
    if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
      broken.push(violation(path, "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+", name));
    }
    return broken;
  });
}

function violation(path: string, constraint: string, value: string): string {
  return `Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

function rolesRefusal(messages: readonly Json[]): Refusal | undefined {
  if (member(messages[0], "role") !== "user") {
    return refuse.validation(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  const repeats = messages.some(
    (message, index) => index > 0 && member(message, "role") === member(messages[index - 1], "role"),
  );
  if (!repeats) return undefined;
  return refuse.validation(
    "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  );
}

function contentRefusal(messages: readonly Json[]): Refusal | undefined {
  let documents = 0;
  for (const [messageIndex, message] of messages.entries()) {
    const content = asArray(member(message, "content"));
    if (content.length === 0) {
      return refuse.validation(
        `The content field in the Message object at messages.${messageIndex} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    for (const [blockIndex, block] of content.entries()) {
      const text = asString(member(block, "text"));
      if (text?.trim() === "") {
        return refuse.validation(
          `The text field in the ContentBlock object at messages.${messageIndex}.content.${blockIndex} is blank. Add text to the text field, and try again.`,
        );
      }
      if (member(block, "document") !== undefined) documents += 1;
    }
  }
  return documents > mostDocuments
    ? refuse.validation(`You can't include more than ${mostDocuments} documents in a request.`)
    : undefined;
}

function toolConfigRefusal(body: Json, messages: readonly Json[]): Refusal | undefined {
  if (member(body, "toolConfig") !== undefined) return undefined;
  const usesTools = messages
    .flatMap((message) => asArray(member(message, "content")))
    .some((block) => member(block, "toolUse") !== undefined || member(block, "toolResult") !== undefined);
  return usesTools
    ? refuse.validation("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    : undefined;
}

function thinkingRefusal(body: Json): Refusal | undefined {
  const thinking = member(body, "additionalModelRequestFields", "thinking");
  if (member(thinking, "type") !== "enabled") return undefined;
  const budget = asNumber(member(thinking, "budget_tokens"));
  if (budget !== undefined && budget < smallestThinkingBudget) {
    return refuse.validation(
      `The model returned the following errors: thinking.enabled.budget_tokens: Input should be greater than or equal to ${smallestThinkingBudget}`,
    );
  }
  const choice = member(body, "toolConfig", "toolChoice");
  const forcesTool = member(choice, "tool") !== undefined || member(choice, "any") !== undefined;
  return forcesTool ? refuse.validation("Thinking may not be enabled when tool_choice forces tool use") : undefined;
}
