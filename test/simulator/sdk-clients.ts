import { BedrockClient } from "@aws-sdk/client-bedrock";
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Message,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Simulator } from "../../src/simulator/index.ts";

export type HttpVersion = "1.1" | "2";

export interface ClientOverrides extends Pick<BedrockRuntimeClientConfig, "credentials" | "endpoint" | "token"> {
  readonly region?: string;
  readonly httpVersion?: HttpVersion;
}

/** A plain SDK client that never retries. */
export function runtimeClient(
  simulator: Simulator,
  { region = "eu-central-1", httpVersion = "2", ...overrides }: ClientOverrides = {},
): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    ...simulator.clientConfig({ region }),
    maxAttempts: 1,
    ...(httpVersion === "1.1" ? { requestHandler: new NodeHttpHandler() } : {}),
    ...overrides,
  });
}

export function controlClient(simulator: Simulator, region: string): BedrockClient {
  return new BedrockClient({ ...simulator.clientConfig({ region }), maxAttempts: 1 });
}

export const sonnet = "eu.anthropic.claude-sonnet-4-6";

export const hello: Message[] = [{ role: "user", content: [{ text: "Hello" }] }];

export function converse(modelId: string = sonnet): ConverseCommand {
  return new ConverseCommand({ modelId, messages: hello });
}

export function converseStream(modelId: string = sonnet): ConverseStreamCommand {
  return new ConverseStreamCommand({ modelId, messages: hello });
}

/** What a caller sees of a stream: its events, and the error that ended it. */
export interface StreamOutcome {
  readonly events: readonly ConverseStreamOutput[];
  readonly error: SdkError | undefined;
  /** Whether the error came from `send`, before there was a stream. */
  readonly fromSend: boolean;
}

export interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

export async function readStream(client: BedrockRuntimeClient, modelId: string = sonnet): Promise<StreamOutcome> {
  const events: ConverseStreamOutput[] = [];
  let fromSend = true;
  try {
    const { stream } = await client.send(converseStream(modelId));
    fromSend = false;
    for await (const event of stream ?? []) events.push(event);
    return { events, error: undefined, fromSend };
  } catch (error) {
    return { events, error: error as SdkError, fromSend };
  }
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<SdkError> {
  try {
    await call;
  } catch (error) {
    return error as SdkError;
  }
  throw new Error("The call succeeded, although it had to fail");
}

export function contentOf(events: readonly ConverseStreamOutput[]): number {
  return events.filter((event) => event.contentBlockDelta !== undefined || event.contentBlockStart !== undefined)
    .length;
}
