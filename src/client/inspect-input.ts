import { conversationOf } from "./conversation.ts";

/** What routing has to know of an input, found in one walk over it. */
export interface InputFindings {
  /**
   * The resource that binds the request to its home Region, because it exists in that Region only. Undefined when the
   * request may go anywhere; failover between profiles *within* the home Region stays possible all the same.
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
   */
  readonly pinnedBy: string | undefined;
  /** The guardrail that the prompt and the answer go through. */
  readonly guardrail: NamedGuardrail | undefined;
  /**
   * Whether the request marks a part of its prompt for Bedrock's prompt cache. The cache is filled where the request ran.
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
   */
  readonly usesCache: boolean;
  /** Whether the body of an InvokeModel request can be read only once, so that the request cannot be sent again. */
  readonly oneShot: boolean;
  /**
   * Rough size of what the request says to the model, in bytes: the text, images and documents of Converse, the body of
   * InvokeModel. 0 for a body that can only be read by sending it.
   */
  readonly bytes: number;
  /** The longest answer that is asked for, in tokens, where the input says it. */
  readonly maxTokens: number | undefined;
  /** What the turns of its conversation have in common, as an opaque key. */
  readonly conversation: string | undefined;
  readonly features: RequestedFeatures;
}

/** A guardrail as the input names it. */
export interface NamedGuardrail {
  /** An id or an ARN. */
  readonly identifier: string;
  readonly version: string | undefined;
}

/** What a request asks for that not every route has. */
export interface RequestedFeatures {
  /** `reserved`, `priority`, `default`, `flex`, or whatever the service may add. */
  readonly serviceTier: string | undefined;
  /** `optimized` or `standard`. */
  readonly latency: string | undefined;
  /** Anthropic's names of features in beta. */
  readonly betas: readonly string[];
  /** Tools that Bedrock runs itself, such as `nova_grounding`. */
  readonly systemTools: readonly string[];
  /** How the model is to choose a tool: `any`, `auto`, `tool`. */
  readonly toolChoice: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Looks through an input once, without changing or keeping anything of it. */
export function inspectInput(input: Fields): InputFindings {
  return new Inspection().of(input);
}

/** Values that are looked at: far more than any conversation has, few enough to take little time beside sending them. */
const MOST_VALUES = 100_000;
/** Values within values; what Bedrock looks at lies far less deep. */
const DEEPEST = 64;

class Inspection {
  #left = MOST_VALUES;
  #bytes = 0;
  #usesS3 = false;
  #usesCache = false;
  #guardrail: NamedGuardrail | undefined;
  #maxTokens: number | undefined;
  #serviceTier: string | undefined;
  #latency: string | undefined;
  #betas: readonly string[] = NONE;
  #systemTools: string[] | undefined;
  #toolChoice: string | undefined;

  of(input: Fields): InputFindings {
    for (const name in input) this.#member(name, input[name], input);
    const body = bodyFindings(input.body);
    return {
      pinnedBy: this.#guardrail
        ? "the guardrail"
        : this.#serviceTier === "reserved"
          ? "the reserved capacity"
          : this.#usesS3
            ? "the S3 object in the messages"
            : body.usesS3
              ? "the S3 object in the body"
              : undefined,
      guardrail: this.#guardrail,
      usesCache: this.#usesCache || body.usesCache,
      oneShot: isOneShot(input.body),
      bytes: this.#bytes,
      maxTokens: this.#maxTokens ?? body.maxTokens,
      conversation: conversationOf(input),
      features: {
        serviceTier: this.#serviceTier ?? body.serviceTier,
        latency: this.#latency,
        betas: this.#betas === NONE ? body.betas : this.#betas,
        systemTools: this.#systemTools ?? NONE,
        toolChoice: this.#toolChoice,
      },
    };
  }

  #member(name: string, value: unknown, input: Fields): void {
    if (value === undefined || value === null) return;
    switch (name) {
      case "messages":
      case "system":
        this.#content(value);
        return;
      case "toolConfig":
        this.#content((value as Fields).tools);
        for (const choice in (value as Fields).toolChoice as object | undefined) this.#toolChoice = choice;
        return;
      case "body":
        // A stream or a Blob has innards, but no size that can be told from them.
        if (typeof value === "string") this.#bytes += value.length;
        else if (isBinary(value)) this.#bytes += value.byteLength;
        return;
      case "guardrailIdentifier":
        this.#guardrail = guardrailIn(input);
        break;
      case "guardrailConfig":
        this.#guardrail = guardrailIn(value as Fields);
        break;
      case "serviceTier":
        // Converse wraps it, InvokeModel does not.
        this.#serviceTier = textOf(value) ?? textOf((value as Fields).type);
        break;
      case "performanceConfig":
        this.#latency = textOf((value as Fields).latency);
        break;
      case "performanceConfigLatency":
        this.#latency = textOf(value);
        break;
      case "inferenceConfig":
        this.#maxTokens = numberOf((value as Fields).maxTokens);
        break;
      case "additionalModelRequestFields":
        this.#betas = textsOf((value as Fields).anthropic_beta);
        this.#serviceTier ??= textOf((value as Fields).service_tier);
        break;
    }
    if (typeof value === "string") this.#bytes += value.length;
    else if (typeof value === "object") this.#bytes += this.#sizeOf(value, 0);
  }

  /** Content: messages, what is in them and beside them, down to what can refer to an object in S3. */
  #content(value: unknown, depth = 0): void {
    if (typeof value === "string") this.#bytes += value.length;
    if (typeof value !== "object" || value === null || depth >= DEEPEST) return;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && this.#left > 0; index += 1) {
        this.#left -= 1;
        this.#content(value[index], depth + 1);
      }
    } else if (isPlain(value)) {
      for (const name in value) {
        if (this.#left === 0) return;
        this.#left -= 1;
        const inner = (value as Fields)[name];
        if (typeof inner === "string") this.#bytes += inner.length;
        else if (typeof inner === "object" && inner !== null) this.#block(name, inner, depth);
      }
    } else if (isBinary(value)) this.#bytes += value.byteLength;
    else {
      // A caller's own class may be content too.
      for (const name of CONTENT_NAMES) {
        const inner = name in value ? (value as Fields)[name] : undefined;
        if (typeof inner === "object" && inner !== null) this.#block(name, inner, depth);
      }
    }
  }

  #block(name: string, inner: object, depth: number): void {
    if (name === "s3Location") this.#usesS3 = true;
    else if (name === "cachePoint") this.#usesCache = true;
    else if (name === "systemTool") this.#systemTool((inner as Fields).name);
    if (NESTED_NAMES.has(name)) this.#content(inner, depth + 1);
    else this.#bytes += this.#sizeOf(inner, depth + 1);
  }

  /** The size of a value in which nothing but its size is of interest. */
  #sizeOf(value: object, depth: number): number {
    let bytes = 0;
    if (depth >= DEEPEST) return bytes;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && this.#left > 0; index += 1) {
        this.#left -= 1;
        const inner: unknown = value[index];
        if (typeof inner === "string") bytes += inner.length;
        else if (typeof inner === "object" && inner !== null) bytes += this.#sizeOf(inner, depth + 1);
      }
    } else if (ArrayBuffer.isView(value)) bytes = value.byteLength;
    else {
      for (const name in value) {
        if (this.#left === 0) break;
        this.#left -= 1;
        const inner = (value as Fields)[name];
        if (typeof inner === "string") bytes += inner.length;
        else if (typeof inner === "object" && inner !== null) bytes += this.#sizeOf(inner, depth + 1);
      }
    }
    return bytes;
  }

  #systemTool(name: unknown): void {
    if (typeof name !== "string") return;
    this.#systemTools ??= [];
    this.#systemTools.push(name);
  }
}

/** Whatever is given goes out as text. */
function guardrailIn({ guardrailIdentifier, guardrailVersion }: Fields): NamedGuardrail | undefined {
  if (guardrailIdentifier === undefined || guardrailIdentifier === null) return undefined;
  return { identifier: String(guardrailIdentifier), version: textOf(guardrailVersion) };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** Images, documents, videos and audio can be given as `source.s3Location`, also inside tool results. */
const NESTED_NAMES: ReadonlySet<string> = new Set([
  "content",
  "source",
  "image",
  "document",
  "video",
  "audio",
  "toolResult",
]);
const CONTENT_NAMES: readonly string[] = [...NESTED_NAMES, "s3Location", "cachePoint", "systemTool"];

const NONE: readonly string[] = Object.freeze([]);

interface BodyFindings {
  readonly usesS3: boolean;
  readonly usesCache: boolean;
  readonly maxTokens: number | undefined;
  readonly serviceTier: string | undefined;
  readonly betas: readonly string[];
}

const NOTHING: BodyFindings = Object.freeze({
  usesS3: false,
  usesCache: false,
  maxTokens: undefined,
  serviceTier: undefined,
  betas: NONE,
});

/**
 * The JSON body of InvokeModel, not parsed: within a JSON string a quote is escaped, so that a text which speaks of
 * `"s3Location"` does not hold these characters in a row.
 */
function bodyFindings(body: unknown): BodyFindings {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return NOTHING;
  const text = typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return {
    usesS3: text.includes('"s3Location"'),
    // Of Anthropic Messages, and of Amazon Nova.
    usesCache: text.includes('"cache_control"') || text.includes('"cachePoint"'),
    maxTokens: numberOf(Number(memberOf(text, '"max_tokens"', /^\s*:\s*(\d{1,9})\b/) ?? Number.NaN)),
    serviceTier: memberOf(text, '"service_tier"', /^\s*:\s*"(\w{1,32})"/),
    betas: (memberOf(text, '"anthropic_beta"', /^\s*:\s*\[([^\]]*)\]/)?.match(/[^\s",]+/g) ??
      NONE) as readonly string[],
  };
}

/** The longest answer that a body of Converse asks for. */
export function maxTokensIn(body: Buffer): number | undefined {
  return numberOf(Number(memberOf(body, '"maxTokens"', /^\s*:\s*(\d{1,9})\b/) ?? Number.NaN));
}

/** How far behind its name the value of a member is looked for. */
const LONGEST_MEMBER = 1_000;

/** What the pattern finds behind the name of a member, where that stands for the first time. */
function memberOf(text: string | Buffer, name: string, pattern: RegExp): string | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const from = at + name.length;
  const behind =
    typeof text === "string"
      ? text.slice(from, from + LONGEST_MEMBER)
      : text.toString("latin1", from, Math.min(text.length, from + LONGEST_MEMBER));
  return pattern.exec(behind)?.[1];
}

function isOneShot(body: unknown): boolean {
  if (typeof body !== "object" || body === null || body instanceof Uint8Array) return false;
  return (
    Symbol.asyncIterator in body || typeof (body as { getReader?: unknown }).getReader === "function" || "pipe" in body
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : NONE;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
