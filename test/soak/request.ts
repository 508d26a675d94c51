import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { getRouting } from "../../src/index.ts";
import type { Chance } from "../support/chance.ts";
import type { SoakClient } from "./soak-client.ts";
import { answerTo, MODEL, PATIENT_HEADER } from "./wire.ts";

/** How a request ended: exactly one of these. */
export type RequestEnd = "complete" | "stopped" | "cut" | "aborted" | "failed";

/** What came of one request. */
export interface RequestResult {
  readonly operation: OperationName;
  readonly end: RequestEnd;
  /** Attempts according to its report. */
  readonly attempts: number;
  /** What was wrong with it; undefined when nothing was. */
  readonly mistake: string | undefined;
}

type OperationName = "Converse" | "ConverseStream" | "InvokeModel" | "InvokeModelWithResponseStream";
type AnyCommand = ConverseCommand | ConverseStreamCommand | InvokeModelCommand | InvokeModelWithResponseStreamCommand;

const OPERATIONS: Readonly<Record<OperationName, (prompt: string) => AnyCommand>> = {
  Converse: (prompt: string) => new ConverseCommand({ modelId: MODEL, messages: messagesOf(prompt) }),
  ConverseStream: (prompt: string) => new ConverseStreamCommand({ modelId: MODEL, messages: messagesOf(prompt) }),
  InvokeModel: (prompt: string) => new InvokeModelCommand({ modelId: MODEL, body: bodyOf(prompt) }),
  InvokeModelWithResponseStream: (prompt: string) =>
    new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: bodyOf(prompt) }),
};

const MIX: readonly OperationName[] = [
  "Converse",
  "Converse",
  "Converse",
  "ConverseStream",
  "ConverseStream",
  "ConverseStream",
  "InvokeModel",
  "InvokeModelWithResponseStream",
  "InvokeModelWithResponseStream",
];

/** What a request is sent with. */
export interface RequestCircumstances {
  readonly soaked: SoakClient;
  /** A signal that lives as long as the process. */
  readonly shared: AbortSignal;
  readonly timeoutMs: number;
  readonly chance: Chance;
}

/** Sends one request in one of the ways in which applications do, and follows it to its end. */
export async function sendRequest(
  number: number,
  { soaked: { client }, shared, timeoutMs, chance }: RequestCircumstances,
): Promise<RequestResult> {
  const prompt = `question ${number}`;
  const operation = chance.pick(MIX);
  const command = OPERATIONS[operation](prompt);
  const abortAfterMs = chance.happens(0.05) ? 15 * chance.next() : timeoutMs;
  const readAtMost = chance.happens(0.15) ? 1 + chance.below(4) : Number.POSITIVE_INFINITY;
  // Some callers pass one signal for the life of the process, and no timeout.
  const patient = chance.happens(0.1);
  const controller = new AbortController();
  const timer = patient ? undefined : setTimeout(() => controller.abort(), abortAfterMs);
  const abortSignal = patient ? shared : controller.signal;
  if (patient) markPatient(command);
  const result = (end: RequestEnd, outputOrError: unknown, mistake?: string): RequestResult => {
    const attempts = getRouting(outputOrError)?.attempts.length ?? 0;
    return { operation, end, attempts, mistake };
  };
  let output: object | undefined;
  const read: unknown[] = [];
  try {
    output = await (chance.happens(0.1) ? sendByCallback : sendByPromise)(client, command, abortSignal);
    const stream = streamOf(output);
    if (stream === undefined) {
      const text = textOfOutput(output);
      return result(
        "complete",
        output,
        text === answerTo(prompt) ? undefined : `The answer is ${JSON.stringify(text)}`,
      );
    }
    for await (const event of stream) {
      read.push(event);
      if (read.length >= readAtMost) return result("stopped", output);
    }
    const text = read.map(textOfEvent).join("");
    // The SDK ends the stream of an aborted request without an error.
    if (abortSignal.aborted && text !== answerTo(prompt)) return result("aborted", output);
    return result(
      "complete",
      output,
      text === answerTo(prompt) ? undefined : `The stream says ${JSON.stringify(text)}`,
    );
  } catch (error) {
    const text = read.map(textOfEvent).join("");
    const mistake = answerTo(prompt).startsWith(text) ? undefined : `The stream began with ${JSON.stringify(text)}`;
    if ((error as Error).name === "AbortError" && abortSignal.aborted)
      return result("aborted", output ?? error, mistake);
    return result(output === undefined ? "failed" : "cut", output ?? error, mistake ?? foreign(error));
  } finally {
    clearTimeout(timer);
  }
}

function sendByPromise(client: SoakClient["client"], command: AnyCommand, abortSignal: AbortSignal): Promise<object> {
  return client.send(command as ConverseCommand, { abortSignal });
}

function sendByCallback(client: SoakClient["client"], command: AnyCommand, abortSignal: AbortSignal): Promise<object> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    client.send(command as ConverseCommand, { abortSignal }, (error: unknown, output?: object) => {
      calls += 1;
      // What is thrown in a callback is nobody's; as a rejection of nobody it makes the run fail.
      if (calls > 1) Promise.reject(new Error("A callback was called twice"));
      if (output === undefined) reject(error);
      else resolve(output);
    });
  });
}

/** By middleware of the command itself, which has to come along to every attempt. */
function markPatient(command: AnyCommand): void {
  (command as ConverseCommand).middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[PATIENT_HEADER] = "1";
      return next(args);
    },
    { step: "build", name: "soakPatient" },
  );
}

/** What is thrown comes from the SDK or is one of the two errors that end an answer. */
function foreign(error: unknown): string | undefined {
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) {
    return String(error.stack);
  }
  return error instanceof Error ? undefined : `${typeof error} was thrown`;
}

function messagesOf(prompt: string): { role: "user"; content: { text: string }[] }[] {
  return [{ role: "user", content: [{ text: prompt }] }];
}

function bodyOf(prompt: string): string {
  return JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 200,
    messages: [{ role: "user", content: prompt }],
  });
}

function streamOf(output: object): AsyncIterable<unknown> | undefined {
  const { stream, body } = output as { stream?: AsyncIterable<unknown>; body?: unknown };
  if (stream !== undefined) return stream;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body
    ? (body as AsyncIterable<unknown>)
    : undefined;
}

function textOfOutput(output: object): string | undefined {
  const { output: converse, body } = output as {
    output?: { message?: { content?: { text?: string }[] } };
    body?: Uint8Array;
  };
  if (body === undefined) return converse?.message?.content?.[0]?.text;
  return JSON.parse(Buffer.from(body).toString("utf8")).content?.[0]?.text;
}

function textOfEvent(event: unknown): string {
  const { contentBlockDelta, chunk } = event as {
    contentBlockDelta?: { delta?: { text?: string } };
    chunk?: { bytes?: Uint8Array };
  };
  if (chunk?.bytes === undefined) return contentBlockDelta?.delta?.text ?? "";
  return JSON.parse(Buffer.from(chunk.bytes).toString("utf8")).delta?.text ?? "";
}
