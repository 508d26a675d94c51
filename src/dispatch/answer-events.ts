/** What an event of an answer stream means to the router. */
export interface EventReading {
  /** It carries content: text, reasoning, a tool call. A role, a ping or a start frame carries none. */
  readonly content: boolean;
  /** It ends the answer, or nothing tells whether it does: an unknown vendor's chunks have no terminator that we know. */
  readonly end: boolean;
}

/** Which operation the stream belongs to; the two have different events. */
export type AnswerFormat = "converse" | "invoke-model";

/** Reads one event of an answer stream. */
export function readEvent(event: unknown, format: AnswerFormat): EventReading {
  return format === "converse" ? readConverseEvent(event) : readChunk(event);
}

const CONTENT: EventReading = Object.freeze({ content: true, end: false });
const END: EventReading = Object.freeze({ content: false, end: true });
const CONTENT_AND_END: EventReading = Object.freeze({ content: true, end: true });
const NEITHER: EventReading = Object.freeze({ content: false, end: false });

function readConverseEvent(event: unknown): EventReading {
  if (!isObject(event)) return NEITHER;
  if ("contentBlockDelta" in event || "contentBlockStart" in event) return CONTENT;
  return "messageStop" in event ? END : NEITHER;
}

/** Reads a chunk of InvokeModelWithResponseStream: JSON in the vendor's own format. */
function readChunk(event: unknown): EventReading {
  const bytes = isObject(event) && isObject(event.chunk) ? event.chunk.bytes : undefined;
  if (!(bytes instanceof Uint8Array)) return NEITHER;
  const chunk = parseJson(bytes);
  // Holding back what nobody here understands would only cost the caller time.
  if (!isObject(chunk)) return CONTENT_AND_END;
  const reading = readVendorChunk(chunk);
  // Bedrock adds its metrics to the last chunk of every vendor.
  return METRICS in chunk ? (reading.content ? CONTENT_AND_END : END) : reading;
}

const METRICS = "amazon-bedrock-invocationMetrics";

function readVendorChunk(chunk: Fields): EventReading {
  // Anthropic Messages: typed events.
  if (typeof chunk.type === "string" && ANTHROPIC_EVENT.test(chunk.type)) {
    if (chunk.type === "message_stop") return END;
    return chunk.type === "content_block_start" || chunk.type === "content_block_delta" ? CONTENT : NEITHER;
  }
  // OpenAI Responses: typed events, too.
  if (typeof chunk.type === "string" && chunk.type.startsWith("response.")) return readResponsesEvent(chunk);
  // Amazon Nova: Converse-like members; its metadata comes after its `messageStop`.
  if (isObject(chunk.metadata) && "usage" in chunk.metadata) return END;
  if (NOVA_MEMBERS.some((member) => member in chunk)) return readConverseEvent(chunk);
  // Meta Llama, Amazon Titan, Cohere, Anthropic text completions: a text field and a stop field.
  for (const field of TEXT_FIELDS) {
    if (typeof chunk[field] === "string")
      return reading(
        chunk[field] !== "",
        STOP_FIELDS.some((stop) => isSet(chunk[stop])),
      );
  }
  // Mistral: `outputs`. DeepSeek, OpenAI, Qwen and newer Mistral: `choices`, and none beside the closing usage.
  if (Array.isArray(chunk.choices) && chunk.choices.length === 0 && isSet(chunk.usage)) return END;
  for (const list of [chunk.outputs, chunk.choices]) {
    if (Array.isArray(list)) return reading(list.some(choiceCarriesContent), list.some(choiceEnds));
  }
  // Cohere marks its frames.
  if (typeof chunk.event_type === "string")
    return reading(chunk.event_type !== "stream-start", chunk.event_type === "stream-end");
  return CONTENT_AND_END;
}

function readResponsesEvent({ type, item }: Fields): EventReading {
  if (RESPONSES_END.test(type as string)) return END;
  // A message and its reasoning are announced before there is any of them; a tool call has its name at once.
  if (type === "response.output_item.added") {
    return isObject(item) && (item.type === "message" || item.type === "reasoning") ? NEITHER : CONTENT;
  }
  return RESPONSES_FRAME.test(type as string) ? NEITHER : CONTENT;
}

const RESPONSES_END = /^response\.(?:completed|incomplete|failed|cancelled)$/;
const RESPONSES_FRAME = /^response\.(?:created|queued|in_progress|.*part\.added)$/;
const ANTHROPIC_EVENT = /^(message_|content_block_|ping$|error$)/;
const NOVA_MEMBERS = ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"];
const TEXT_FIELDS = ["generation", "outputText", "text", "completion"];
const STOP_FIELDS = ["stop_reason", "completionReason", "finish_reason", "is_finished"];

function reading(content: boolean, end: boolean): EventReading {
  if (content) return end ? CONTENT_AND_END : CONTENT;
  return end ? END : NEITHER;
}

function choiceCarriesContent(choice: unknown): boolean {
  if (!isObject(choice)) return false;
  const delta = choice.delta ?? choice.message;
  if (!isObject(delta)) return isSet(choice.text);
  return Object.entries(delta).some(([key, value]) => key !== "role" && isSet(value));
}

function choiceEnds(choice: unknown): boolean {
  return isObject(choice) && (isSet(choice.finish_reason) || isSet(choice.stop_reason));
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== "" && value !== false;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
