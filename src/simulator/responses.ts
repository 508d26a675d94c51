import { type Answer, piecesOf, textOf } from "./answer.ts";
import { jsonPieces } from "./converse.ts";
import type { StreamEvent } from "./event-stream.ts";
import type { InvokeContext } from "./invoke-format.ts";
import { member } from "./json.ts";

/**
 * The body of an answer of OpenAI's Responses API.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html
 */
export function responseBody(answer: Answer, context: InvokeContext): Readonly<Record<string, unknown>> {
  return {
    ...head(context, answer.stopReason === "max_tokens" ? "incomplete" : "completed"),
    ...rest(answer, context),
  };
}

/** The events of the same answer as a stream. */
export function responseEvents(answer: Answer, context: InvokeContext): readonly StreamEvent[] {
  const body = responseBody(answer, context);
  const started = { ...head(context, "in_progress"), output: [], usage: null };
  const events = [
    event("response.created", { response: started }),
    event("response.in_progress", { response: started }),
    ...items(answer, context).flatMap((item, output_index) => itemEvents(item, output_index)),
    event(body.status === "incomplete" ? "response.incomplete" : "response.completed", { response: body }),
  ];
  return events.map((one, sequence_number) => ({ ...one, payload: { ...(one.payload as object), sequence_number } }));
}

interface Item {
  readonly id: string;
  readonly type: "message" | "function_call";
  readonly text: string;
  readonly done: Readonly<Record<string, unknown>>;
}

function head({ id, createdSeconds, model, requestBody }: InvokeContext, status: string): Record<string, unknown> {
  return {
    id: `resp_${id.replaceAll("-", "")}`,
    object: "response",
    created_at: createdSeconds,
    status,
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    model,
    previous_response_id: member(requestBody, "previous_response_id") ?? null,
    store: member(requestBody, "store") ?? true,
  };
}

function rest(answer: Answer, context: InvokeContext): Record<string, unknown> {
  const { inputTokens, outputTokens } = answer;
  return {
    output: items(answer, context).map(({ done }) => done),
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    },
  };
}

function items(answer: Answer, { id }: InvokeContext): readonly Item[] {
  const own = id.replaceAll("-", "");
  const text = textOf(answer);
  const message: Item = {
    id: `msg_${own}`,
    type: "message",
    text,
    done: {
      ...{ id: `msg_${own}`, type: "message", status: "completed", role: "assistant" },
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    },
  };
  const calls = answer.blocks.flatMap((block, index): readonly Item[] => {
    if (block.kind !== "tool-use") return [];
    const call = { type: "function_call", status: "completed", call_id: block.id, name: block.name } as const;
    const text = JSON.stringify(block.input);
    const itemId = `fc_${own}_${index}`;
    return [{ id: itemId, type: call.type, text, done: { id: itemId, ...call, arguments: text } }];
  });
  return text === "" && calls.length > 0 ? calls : [message, ...calls];
}

function itemEvents({ id, type, text, done }: Item, output_index: number): readonly StreamEvent[] {
  const at = { item_id: id, output_index };
  const added = {
    output_index,
    item: { ...done, status: "in_progress", ...(type === "message" ? { content: [] } : { arguments: "" }) },
  };
  const finished = event("response.output_item.done", { output_index, item: done });
  if (type === "function_call") {
    return [
      event("response.output_item.added", added, true),
      ...jsonPieces(text).map((delta) => event("response.function_call_arguments.delta", { ...at, delta }, true)),
      event("response.function_call_arguments.done", { ...at, arguments: text }),
      finished,
    ];
  }
  const content = { ...at, content_index: 0 };
  const part = { type: "output_text", annotations: [], logprobs: [] };
  return [
    event("response.output_item.added", added),
    event("response.content_part.added", { ...content, part: { ...part, text: "" } }),
    ...piecesOf(text).map((delta) => event("response.output_text.delta", { ...content, delta, logprobs: [] }, true)),
    event("response.output_text.done", { ...content, text, logprobs: [] }),
    event("response.content_part.done", { ...content, part: { ...part, text } }),
    finished,
  ];
}

function event(type: string, payload: object, content = false): StreamEvent {
  return { type, payload: { type, ...payload }, content };
}
