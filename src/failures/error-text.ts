import { typography } from "./error-wording.ts";
import { HINT, HTML, LEAD_INS, PRINTED, PYTHON_BODY, SERVICE, WRAPPERS } from "./error-wrapper.ts";

/**
 * What a thrown value says, freed of what wraps it: SDK hints, client prefixes, JSON bodies, namespaces, typography.
 * The classifier matches against this and never against the error itself.
 */
export interface ErrorText {
  /** The message in lower case: straight apostrophes, single spaces, wrappers and JSON removed. `""` when there is none. */
  readonly text: string;
  /** The exception without namespace, suffix and case (`"throttling"`), or `""` when it was lost on the way. */
  readonly name: string;
  /** The code that Node.js, undici or nghttp2 gave (`"ECONNRESET"`), or `""`. */
  readonly code: string;
  /** The HTTP status of the response. An exception inside an event stream carries the 200 that opened the stream. */
  readonly status: number | undefined;
  /** How long the service asked to wait, in milliseconds. Bedrock does not send it on 429; proxies and gateways do. */
  readonly retryAfterMs: number | undefined;
  /** True when the value can only be a service exception from an event stream whose name an SDK version dropped. */
  readonly inStream: boolean;
  /** The errors beneath this one: `cause`, then the members of an `AggregateError`. */
  readonly causes: readonly unknown[];
}

/** Reads any thrown value as an {@link ErrorText}. Never throws, not even for a value whose getters do. */
export function errorText(error: unknown): ErrorText {
  const [memberName, member] = eventMember(error) ?? ["", error];
  const inner = read(member, "error") ?? read(member, "Error");
  const raw = firstString(member, read(member, "message"), read(member, "Message"), inner, message(inner));
  const response = read(error, "$response");
  const headers = read(response, "headers") ?? read(error, "headers");
  const code = [read(error, "code"), read(error, "errno")].find(isSystemCode) ?? "";
  const ownStatuses = [
    ...[read(read(error, "$metadata"), "httpStatusCode"), read(response, "statusCode"), read(error, "statusCode")],
    read(error, "status"),
  ].filter(isHttpStatus);
  const ownName = read(member, "name");
  const plainObject = typeof error === "object" && error !== null && !isError(error);
  const unwrapped = unwrap(
    raw,
    bareName(ownName),
    ownStatuses.length === 0 && !plainObject && !SERVICE.test(`${ownName}`),
  );
  const names = [
    ...[read(member, "name"), memberName, read(member, "__type"), read(member, "Code"), read(member, "code")],
    ...[header(headers, "x-amzn-errortype"), unwrapped.name, read(inner, "Code"), read(inner, "type")],
  ];
  const statuses = [...ownStatuses, unwrapped.status].filter(isHttpStatus);
  const status = statuses.find((code) => code >= 400) ?? statuses[0];
  const name = names.map(bareName).find(Boolean) ?? "";
  return {
    text: unwrapped.text,
    name,
    code,
    status,
    retryAfterMs: retryAfter(headers),
    inStream:
      name === "" && code === "" && (unwrapped.hinted || status === 200 || (plainObject && raw !== "" && !status)),
    causes: [read(error, "cause"), ...list(read(error, "errors"))].filter(
      (cause) => cause !== undefined && cause !== null,
    ),
  };
}

interface Unwrapped {
  text: string;
  name: string;
  status: number | undefined;
  /** The SDK's "Deserialization error" hint was there: the response came from the service, in a form it could not read. */
  hinted: boolean;
}

/** More than any message Bedrock writes itself: what is longer quotes the caller, and is read at both ends only. */
const MAX_LENGTH = 16_000;
const MAX_WRAPPERS = 10;

/** @param detached no response belongs to it: an application may have put the words of another error into its own. */
function unwrap(raw: string, ownName: string, detached: boolean): Unwrapped {
  const text = typography(shorten(raw));
  const result: Unwrapped = { text, name: "", status: undefined, hinted: HINT.test(text) };
  const repeated = detached && !result.hinted;
  let classOfGateway = false;
  for (let round = 0; round < MAX_WRAPPERS; round++) {
    const before = result.text;
    result.text = result.text.replace(HINT, "");
    unwrapJson(result);
    if (repeated) unwrapPrinted(result);
    const prefix = /^[\w.]{1,80}: */.exec(result.text)?.[0];
    if (prefix !== undefined && ownName !== "" && bareName(prefix) === ownName) {
      result.text = result.text.slice(prefix.length);
    }
    for (const wrapper of WRAPPERS) {
      const match = wrapper.exec(result.text);
      if (match === null) continue;
      // `BadRequestError: … (internalServerException) …`: the service's own name, not what a gateway made of it.
      if (result.name === "" || (classOfGateway && /exception$/i.test(match.groups?.name ?? ""))) {
        result.name = bareName(match.groups?.name) || result.name;
        classOfGateway = /error$/i.test(match.groups?.name ?? "");
      }
      result.status ??= numeric(match.groups?.status);
      result.text = result.text.replace(match[0], "");
    }
    const leadIn = result.text === before && repeated ? LEAD_INS.find((pattern) => pattern.test(before)) : undefined;
    if (leadIn !== undefined) {
      result.status ??= numeric(leadIn.exec(before)?.groups?.status);
      result.text = before.replace(leadIn, "");
    }
    if (result.text === before) break;
  }
  if (HTML.test(result.text)) {
    result.status ??= numeric(/<(?:title|h1)>\s*([45]\d\d)\b/i.exec(result.text)?.[1]);
    result.text = "<html>";
  }
  result.text = result.text
    .trim()
    .toLowerCase()
    .replace(/^unknownerror$/, "");
  return result;
}

function unwrapPrinted(result: Unwrapped): void {
  const printed = PRINTED.exec(result.text)?.groups;
  if (printed === undefined) return;
  result.name ||= bareName(printed.name);
  result.text = typography(printed.text ?? "");
}

function unwrapJson(result: Unwrapped): void {
  if (!/^[{"]/.test(result.text)) return;
  result.name ||= bareName(/^\{\s*["']?__type["']?\s*:\s*["']([\w.#]+)/.exec(result.text)?.[1]);
  const printed = PYTHON_BODY.exec(result.text)?.[2];
  if (printed !== undefined) result.text = typography(printed);
  const ends = [result.text.length, result.text.lastIndexOf("}") + 1, result.text.lastIndexOf('"}') + 2];
  const body = ends.map((end) => parsed(result.text.slice(0, end))).find((value) => value !== undefined);
  if (body === undefined) return;
  const [memberName, member] = eventMember(body) ?? ["", body];
  const inner = read(member, "error") ?? read(member, "Error");
  const text = firstString(member, message(member), message(inner), inner, read(member, "detail"));
  const names = [memberName, read(member, "__type"), read(member, "code"), read(member, "Code"), read(inner, "type")];
  result.name ||= names.map(bareName).find(Boolean) ?? "";
  if (text !== "") result.text = typography(text);
}

/** Gateways add words of their own behind the body: `{"message":"…"}. Received Model Group=…`. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** An event-stream member as some clients throw it: `{ throttlingException: { message } }`. */
function eventMember(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== "object" || value === null || isError(value) || message(value) !== undefined) {
    return undefined;
  }
  try {
    return Object.entries(value).find(([key, member]) => /exception$/i.test(key) && typeof member === "object");
  } catch {
    return undefined;
  }
}

function shorten(raw: string): string {
  // A page of empty lines must not hold up the event loop: patterns try every place where such a run may end.
  const text = raw.replace(/\s{8,}/g, ([first = ""]) => first);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 4000)} … ${text.slice(-4000)}` : text;
}

/** `ECONNRESET`, `ERR_HTTP2_STREAM_ERROR`: what Node.js calls a code; the codes of AWS are names. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** Names that say nothing: base classes, and what the SDK writes when it found none. */
const NAMELESS =
  /^(?:|unknown|object|api|apistatus|client|service|sdk|http|response|eventstream|bedrockruntimeservice|aggregate)$/;

/** `com.amazon.coral.service#ThrottlingException:http://…` and `throttlingException` are both `throttling`. */
function bareName(value: unknown): string {
  if (typeof value !== "string" || SYSTEM_CODE.test(value)) return "";
  const last = value.split("#").at(-1)?.split(":")[0]?.split(".").at(-1) ?? "";
  const bare = last
    .replace(/[\s_-]/g, "")
    .toLowerCase()
    .replace(/(?:exception|error|fault)$/, "");
  return NAMELESS.test(bare) || bare.length > 60 ? "" : bare;
}

/** Seconds, milliseconds (`retry-after-ms`, `x-amz-retry-after`) or a date, which is measured from the response's own `date`. */
function retryAfter(headers: unknown): number | undefined {
  const milliseconds = numeric(header(headers, "retry-after-ms") ?? header(headers, "x-amz-retry-after"));
  if (milliseconds !== undefined) return milliseconds;
  const value = header(headers, "retry-after");
  const seconds = numeric(value);
  if (seconds !== undefined) return Math.round(seconds * 1000);
  const wait = Date.parse(value ?? "") - Date.parse(header(headers, "date") ?? "");
  return wait >= 0 ? wait : undefined;
}

function header(headers: unknown, name: string): string | undefined {
  try {
    if (headers instanceof Headers) return headers.get(name) ?? undefined;
    const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
    return typeof found === "string" || typeof found === "number" ? String(found) : undefined;
  } catch {
    return undefined;
  }
}

function message(value: unknown): unknown {
  return read(value, "message") ?? read(value, "Message") ?? read(value, "errorMessage");
}

function read(value: unknown, key: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 8) : [];
}

function firstString(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === "string" && value !== "") ?? "";
}

function numeric(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function isSystemCode(value: unknown): value is string {
  return typeof value === "string" && SYSTEM_CODE.test(value);
}

function isHttpStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599;
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
