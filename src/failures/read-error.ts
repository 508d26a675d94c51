/** What an error says, wherever it says it. Rows of the failure table match against this and never against the error. */
export interface ErrorReading {
  /** The message in lower case, with single spaces and "not" for "n't"; without JSON and SDK hints. `""` when there is none. */
  readonly text: string;
  /** What follows the model, when the message begins with it: `"is invalid."`; `""` when it does not. */
  readonly ofModel: string;
  /**
   * The exception without namespace, suffix and case: `"throttling"`. `"lost"` for an exception from inside an event
   * stream whose name an SDK release dropped, and `""` when there is none.
   */
  readonly name: string;
  /** The code that Node.js, undici or nghttp2 gave (`"ECONNRESET"`), or `""`. */
  readonly code: string;
  /** The HTTP status of the response. An exception inside an event stream carries the 200 that opened the stream. */
  readonly status: number | undefined;
  /** How long the service asked to wait, in milliseconds. Bedrock does not send it on 429; proxies and gateways do. */
  readonly retryAfterMs?: number | undefined;
  /** The errors beneath this one: `cause`, then the members of an `AggregateError`. */
  readonly causes: readonly unknown[];
}

/** Reads any thrown value. Never throws, not even for a value whose getters do. */
export function readError(error: unknown): ErrorReading {
  try {
    const thrown = fieldsOf(error);
    const { statusCode, headers } = fieldsOf(thrown.$response);
    const { httpStatusCode, clockSkewCorrected } = fieldsOf(thrown.$metadata);
    const { message, cause, errors } = thrown;
    const said = unwrap(firstString(error, message));
    const code = typeof thrown.code === "string" && SYSTEM_CODE.test(thrown.code) ? thrown.code : "";
    const status = [httpStatusCode, statusCode, thrown.status].find((value) => typeof value === "number");
    const name = firstName(
      // The SDK has corrected its clock by the time of this response. With a clock that is off it says so of every 403.
      clockSkewCorrected && /Signature/.test(`${thrown.name}`) && "RequestTimeTooSkewed",
      ...[thrown.name, thrown.__type, thrown.code, header(headers, "x-amzn-errortype")],
      ...said.names,
    );
    // A mere `{ message }`: how SDK releases from November 2025 to July 2026 throw what follows the first content.
    const bare = !(error instanceof Error) && typeof message === "string" && status === undefined && code === "";
    return {
      text: said.text,
      ofModel: SUBJECT.exec(said.text)?.[1] ?? "",
      name: name || (said.text !== "" && (said.hinted || status === 200 || bare) ? "lost" : ""),
      code,
      status: status as number | undefined,
      retryAfterMs: retryAfter(headers),
      causes: [cause, ...(Array.isArray(errors) ? errors : [])],
    };
  } catch {
    return { text: "", ofModel: "", name: "", code: "", status: undefined, causes: [] };
  }
}

/**
 * The subject of a message about the route: "The provided model identifier", "Model ID us.x.y-v1:0", "the inference
 * profile", or a bare id.
 */
const SUBJECT =
  /^(?:(?:the |this |your )?(?:(?:provided|specified|requested|foundation|provisioned) )*(?:model|inference profile)(?: version| identifier| id| arn)*(?: (?=\S*[\d.])['"]?[\w.:/-]+['"]?)?(?: provided)?|[a-z][a-z0-9]*\.[\w.]*-[\w.:-]+) (.*)/;

interface Said {
  readonly text: string;
  /** What the body of a response calls the error. */
  readonly names: readonly unknown[];
  /** The SDK's "Deserialization error" hint was there: the service had answered, in a form that the SDK could not read. */
  readonly hinted: boolean;
}

/** What is longer quotes the caller, and is read at both ends only: a body beyond the first, any message beyond the second. */
const MOST_JSON = 60_000;
const MOST = 4_000;
const LEAD_IN = /^the model returned (?:the )?following errors?: */i;
/** What the SDK appends to an error whose response it could not read. */
const HINT = "Deserialization error: to see";

/** Takes the words of the service out of what Bedrock, the SDK or a gateway at the endpoint puts around them. */
function unwrap(message: string): Said {
  const [first = "", hint] = ends(message, MOST_JSON).split(HINT, 2);
  let text = first.trimStart();
  const names: unknown[] = [];
  for (let depth = 0; depth < 4; depth += 1) {
    text = text.replace(LEAD_IN, "");
    if (!text.startsWith("{")) break;
    const body = parse(text);
    const inner = typeof body.error === "object" ? fieldsOf(body.error) : body;
    // OpenAI tells more by `code` than by `type`; Anthropic has `type` alone.
    names.push(body.__type, inner.code, inner.type);
    text = firstString(inner.message, inner.Message, body.error, text.slice(1));
  }
  text = ends(text, MOST)
    .replace(/n['\u2018\u2019]t\b/gi, " not")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
  return { text: text === "unknownerror" ? "" : text, names, hinted: hint !== undefined };
}

function ends(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, 2_000)} … ${text.slice(-2_000)}` : text;
}

/** A gateway may have added words of its own behind the body. */
function parse(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text.slice(0, text.lastIndexOf("}") + 1)));
  } catch {
    return {};
  }
}

/** `ECONNRESET`, `ERR_HTTP2_STREAM_ERROR`: what Node.js calls a code; the codes of AWS are names. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{0,60}$/;

/** Base classes, and what the SDK writes when it found no name. */
const NAMELESS = /^(?:unknown|object|api|service|bedrockruntimeservice|aggregate|none|\d+)?$/;

/** `com.amazon.coral.service#ThrottlingException:http://…` and `throttlingException` are both `throttling`. */
function firstName(...values: readonly unknown[]): string {
  for (const value of values) {
    if (typeof value !== "string" || value.length > 200 || SYSTEM_CODE.test(value)) continue;
    const last = value.split(":", 1)[0]?.split(/[#.]/).at(-1) ?? "";
    const name = last.toLowerCase().replace(/[\s_-]|(?:exception|error|fault)$/g, "");
    if (!NAMELESS.test(name)) return name;
  }
  return "";
}

/** Seconds, milliseconds (`retry-after-ms`, `x-amz-retry-after`) or a date, which is measured from the response's own `date`. */
function retryAfter(headers: unknown): number | undefined {
  const value = header(headers, "retry-after");
  const waits = [
    Number(header(headers, "retry-after-ms") ?? header(headers, "x-amz-retry-after") ?? Number.NaN),
    Number(value ?? Number.NaN) * 1000,
    Date.parse(`${value}`) - Date.parse(`${header(headers, "date")}`),
  ];
  return waits.find((wait) => wait >= 0);
}

function header(headers: unknown, name: string): string | undefined {
  const fields = fieldsOf(headers);
  // Not `instanceof Headers`: the mere name makes Node.js load its fetch, some 20 ms of CPU in the first failure.
  const value: unknown =
    typeof fields.get === "function"
      ? fields.get(name)
      : Object.entries(fields).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === "string" ? value : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of anything; of null and of primitives none that matter. */
function fieldsOf(value: unknown): Fields {
  return Object(value) as Fields;
}

function firstString(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === "string" && value !== "") ?? "";
}
