/** The operations that the simulator knows; everything else is an unknown operation. */
export type OperationName =
  | "Converse"
  | "ConverseStream"
  | "InvokeModel"
  | "InvokeModelWithResponseStream"
  | "CountTokens"
  | "ApplyGuardrail"
  | "ListAsyncInvokes"
  | "ListInferenceProfiles"
  | "GetInferenceProfile"
  | "ListFoundationModels"
  | "GetFoundationModel";

/** Which operation a request line asks for, with the values from its path and query. */
export interface OperationCall {
  readonly operation: OperationName;
  /** The one label of the path, decoded: a model id, a profile identifier, a guardrail id. */
  readonly label?: string;
  readonly query: URLSearchParams;
}

/** An operation that runs inference on a model, and that faults and quotas apply to. */
export function isModelOperation(operation: OperationName): boolean {
  return modelOperations.has(operation);
}

/** An operation whose answer is an event stream. */
export function isStreamingOperation(operation: OperationName): boolean {
  return operation === "ConverseStream" || operation === "InvokeModelWithResponseStream";
}

/** The IAM action that an operation needs, which is not always the one of its name. */
export function iamAction(operation: OperationName): string {
  if (operation === "Converse") return "bedrock:InvokeModel";
  if (operation === "ConverseStream") return "bedrock:InvokeModelWithResponseStream";
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

const modelOperations: ReadonlySet<OperationName> = new Set<OperationName>([
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
  { operation: "ApplyGuardrail", method: "POST", pattern: /^\/guardrail\/(.+)\/version\/[^/]+\/apply$/ },
  { operation: "ListAsyncInvokes", method: "GET", pattern: /^\/async-invoke$/ },
  { operation: "ListInferenceProfiles", method: "GET", pattern: /^\/inference-profiles\/?$/ },
  { operation: "GetInferenceProfile", method: "GET", pattern: /^\/inference-profiles\/(.+)$/ },
  { operation: "ListFoundationModels", method: "GET", pattern: /^\/foundation-models\/?$/ },
  { operation: "GetFoundationModel", method: "GET", pattern: /^\/foundation-models\/(.+)$/ },
];

function decode(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
