import type { Answer } from "./answer.ts";
import type { Json } from "./json.ts";

/** One chunk of InvokeModelWithResponseStream, before it is encoded. */
export interface InvokeChunk {
  readonly json: Readonly<Record<string, unknown>>;
  /** Whether the chunk carries content of the answer. */
  readonly content: boolean;
}

/** The facts that bodies mention beside the answer itself. */
export interface InvokeContext {
  readonly model: string;
  readonly requestBody: Json;
  /** Unique to the request. */
  readonly id: string;
  readonly createdSeconds: number;
}

/** How one vendor's bodies look. */
export interface InvokeFormat {
  body(answer: Answer, context: InvokeContext): unknown;
  chunks(answer: Answer, context: InvokeContext): readonly InvokeChunk[];
}
