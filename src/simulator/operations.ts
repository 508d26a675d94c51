import { asString, type Json, member } from "./json.ts";

/** The operations that the simulator knows; everything else is an unknown operation. */
export type OperationName =
  | "Converse"
  | "ConverseStream"
  | "InvokeModel"
  | "InvokeModelWithResponseStream"
  | "CountTokens"
  | "ChatCompletions"
  | "CreateResponse"
  | "GetResponse"
  | "CancelResponse"
  | "DeleteResponse"
  | "Messages"
  | "ApplyGuardrail"
  | "ListAsyncInvokes"
  | "ListInferenceProfiles"
  | "GetInferenceProfile"
  | "ListFoundationModels"
  | "GetFoundationModel"
  | "GetGuardrail"
  | "ListEnforcedGuardrailsConfiguration"
  | "GetAccountDataRetention";

/** Which operation a request line asks for, with the values from its path and query. */
export interface OperationCall {
  readonly operation: OperationName;
  /** The one label of the path, decoded: a model id, a profile identifier, a guardrail id. */
  readonly label?: string;
  readonly query: URLSearchParams;
  /** Whether the body asks for a stream, where the path does not tell. */
  readonly streams?: boolean;
}

/** Whose form an operation has: it decides how errors and streams look. */
export type Api = "aws" | "openai" | "anthropic";

export function apiOf(operation: OperationName | undefined): Api {
  if (operation === "Messages") return "anthropic";
  return operation !== undefined && openaiOperations.has(operation) ? "openai" : "aws";
}

/** The call with what its body tells: the model and whether to stream, for the APIs of OpenAI and Anthropic. */
export function withBody(call: OperationCall, body: Json): OperationCall {
  if (!bodyModelOperations.has(call.operation)) return call;
  const model = asString(member(body, "model"));
  const streams = member(body, "stream") === true;
  return { ...call, streams, ...(model === undefined ? {} : { label: model }) };
}

/** An operation that runs inference on a model, and that faults and quotas apply to. */
export function isModelOperation(operation: OperationName): boolean {
  return modelOperations.has(operation);
}

/** Whether the answer is a stream. */
export function isStreaming({ operation, streams }: Pick<OperationCall, "operation" | "streams">): boolean {
  return streams ?? (operation === "ConverseStream" || operation === "InvokeModelWithResponseStream");
}

/** The IAM action that an operation needs, which is not always the one of its name. */
export function iamAction(operation: OperationName, streams = false): string {
  if (operation === "ConverseStream" || streams) return "bedrock:InvokeModelWithResponseStream";
  if (operation === "Converse" || bodyModelOperations.has(operation)) return "bedrock:InvokeModel";
  if (/Response$/.test(operation)) return `bedrock:${operation.replace(/Response$/, "Invoke")}`;
  return `bedrock:${operation}`;
}

/** Finds the operation of a request, or nothing when there is none at that path. */
export function matchOperation(method: string, path: string): OperationCall | undefined {
  const [pathname = "/", search = ""] = path.split("?", 2);
  const query = new URLSearchParams(search);
  for (const { operation, method: expected, pattern } of routes) {
    const match = method === expected ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const label = match[1];
    return { operation, query, ...(label === undefined ? {} : { label: decode(label) }) };
  }
  return undefined;
}

const bodyModelOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  "ChatCompletions",
  "CreateResponse",
  "Messages",
]);

const openaiOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  "ChatCompletions",
  "CreateResponse",
  "GetResponse",
  "CancelResponse",
  "DeleteResponse",
]);

const modelOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  ...bodyModelOperations,
  "Converse",
  "ConverseStream",
  "InvokeModel",
  "InvokeModelWithResponseStream",
  "CountTokens",
]);

/** An ARN in a path keeps its slash unescaped with some clients, so a label may contain slashes. */
const routes: readonly { readonly operation: OperationName; readonly method: string; readonly pattern: RegExp }[] = [
  { operation: "Converse", method: "POST", pattern: /^\/model\/(.+)\/converse$/ },
  { operation: "ConverseStream", method: "POST", pattern: /^\/model\/(.+)\/converse-stream$/ },
  { operation: "InvokeModel", method: "POST", pattern: /^\/model\/(.+)\/invoke$/ },
  {
    operation: "InvokeModelWithResponseStream",
    method: "POST",
    pattern: /^\/model\/(.+)\/invoke-with-response-stream$/,
  },
  { operation: "CountTokens", method: "POST", pattern: /^\/model\/(.+)\/count-tokens$/ },
  { operation: "ChatCompletions", method: "POST", pattern: /^\/openai\/v1\/chat\/completions$/ },
  { operation: "CreateResponse", method: "POST", pattern: /^\/openai\/v1\/responses$/ },
  { operation: "GetResponse", method: "GET", pattern: /^\/openai\/v1\/responses\/([^/]+)$/ },
  { operation: "DeleteResponse", method: "DELETE", pattern: /^\/openai\/v1\/responses\/([^/]+)$/ },
  { operation: "CancelResponse", method: "POST", pattern: /^\/openai\/v1\/responses\/([^/]+)\/cancel$/ },
  { operation: "Messages", method: "POST", pattern: /^\/anthropic\/v1\/messages$/ },
  { operation: "ApplyGuardrail", method: "POST", pattern: /^\/guardrail\/(.+)\/version\/[^/]+\/apply$/ },
  { operation: "ListAsyncInvokes", method: "GET", pattern: /^\/async-invoke$/ },
  { operation: "ListInferenceProfiles", method: "GET", pattern: /^\/inference-profiles\/?$/ },
  { operation: "GetInferenceProfile", method: "GET", pattern: /^\/inference-profiles\/(.+)$/ },
  { operation: "ListFoundationModels", method: "GET", pattern: /^\/foundation-models\/?$/ },
  { operation: "GetFoundationModel", method: "GET", pattern: /^\/foundation-models\/(.+)$/ },
  { operation: "GetGuardrail", method: "GET", pattern: /^\/guardrails\/(.+)$/ },
  {
    operation: "ListEnforcedGuardrailsConfiguration",
    method: "GET",
    pattern: /^\/enforcedGuardrailsConfiguration\/?$/,
  },
  { operation: "GetAccountDataRetention", method: "GET", pattern: /^\/data-retention\/?$/ },
];

function decode(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
