import { asArray, asNumber, asString, type Json, member } from "./json.ts";

/** A tool as the caller describes it. */
export interface ToolSpec {
  readonly name: string;
  /** JSON Schema of its input. */
  readonly inputSchema: Json;
}

/** What a request asks of the model, told from either kind of body. */
export interface Prompt {
  /** The text of the last user message. */
  readonly text: string;
  /** A rough count: four characters a token. */
  readonly inputTokens: number;
  readonly maxTokens: number | undefined;
  readonly stopSequences: readonly string[];
  /** The tool that the caller forces the model to use. */
  readonly forcedTool: ToolSpec | undefined;
  /** Whether the caller asked for reasoning to be shown. */
  readonly reasoning: boolean;
}

/** Reads a Converse body. */
export function conversePrompt(body: Json): Prompt {
  const tools = asArray(member(body, "toolConfig", "tools")).map((tool) => ({
    name: asString(member(tool, "toolSpec", "name")) ?? "",
    inputSchema: member(tool, "toolSpec", "inputSchema", "json"),
  }));
  const choice = member(body, "toolConfig", "toolChoice");
  return {
    text: lastUserText(body),
    inputTokens: tokensOf(body, ["messages", "system", "toolConfig"]),
    maxTokens: asNumber(member(body, "inferenceConfig", "maxTokens")),
    stopSequences: strings(member(body, "inferenceConfig", "stopSequences")),
    forcedTool: forcedTool(tools, asString(member(choice, "tool", "name")), member(choice, "any") !== undefined),
    reasoning: asksForReasoning(member(body, "additionalModelRequestFields")),
  };
}

/** Reads an InvokeModel body of any vendor, and the bodies of Chat Completions, Responses and Messages. */
export function invokePrompt(body: Json): Prompt {
  if (member(body, "inferenceConfig") !== undefined || member(body, "schemaVersion") !== undefined) {
    return conversePrompt(body);
  }
  const tools = asArray(member(body, "tools")).map((tool) => ({
    name: asString(member(tool, "name")) ?? asString(member(tool, "function", "name")) ?? "",
    inputSchema: member(tool, "input_schema") ?? member(tool, "function", "parameters") ?? member(tool, "parameters"),
  }));
  const choice = member(body, "tool_choice");
  const anyTool = member(choice, "type") === "any" || choice === "required";
  return {
    text: asString(member(body, "prompt")) ?? asString(member(body, "message")) ?? lastUserText(body),
    inputTokens: tokensOf(body, [
      "messages",
      "input",
      "instructions",
      "system",
      "tools",
      "prompt",
      "message",
      "chat_history",
      "texts",
      "inputText",
    ]),
    maxTokens: firstNumber(body, [
      "max_tokens",
      "max_completion_tokens",
      "max_output_tokens",
      "max_gen_len",
      "max_new_tokens",
    ]),
    stopSequences: [...strings(member(body, "stop_sequences")), ...strings(member(body, "stop"))],
    forcedTool: forcedTool(tools, asString(member(choice, "name") ?? member(choice, "function", "name")), anyTool),
    reasoning: asksForReasoning(body),
  };
}

/** Roughly how many tokens a text is. */
export function tokenCount(text: string): number {
  return Math.ceil(text.length / 4);
}

function lastUserText(body: Json): string {
  const input = member(body, "input");
  if (typeof input === "string") return input;
  const last = asArray(input ?? member(body, "messages")).findLast((message) => member(message, "role") === "user");
  const content = member(last, "content");
  if (typeof content === "string") return content;
  return asArray(content)
    .map((block) => asString(member(block, "text")) ?? "")
    .join("");
}

function tokensOf(body: Json, members: readonly string[]): number {
  const characters = members.reduce((sum, name) => sum + textLength(member(body, name)), 0);
  return Math.max(1, Math.ceil(characters / 4));
}

/** Base64 of images and documents would count as very long texts. */
const binaryMembers = new Set(["bytes", "data", "source"]);

function textLength(value: Json): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, child]) => sum + (binaryMembers.has(name) ? 0 : textLength(child)),
    0,
  );
}

function strings(value: Json): readonly string[] {
  return (typeof value === "string" ? [value] : asArray(value)).filter(
    (item): item is string => typeof item === "string",
  );
}

function firstNumber(body: Json, names: readonly string[]): number | undefined {
  return names.map((name) => asNumber(member(body, name))).find((value) => value !== undefined);
}

function forcedTool(tools: readonly ToolSpec[], name: string | undefined, any: boolean): ToolSpec | undefined {
  if (name !== undefined) return tools.find((tool) => tool.name === name);
  return any ? tools[0] : undefined;
}

/** Claude calls it `thinking` (or `reasoning_config` in older bodies), Nova `reasoningConfig`. */
function asksForReasoning(fields: Json): boolean {
  return ["thinking", "reasoning_config", "reasoningConfig"].some((name) => {
    const type = member(fields, name, "type");
    return type === "enabled" || type === "adaptive";
  });
}
