/** A member at the top of a JSON object: where its value stands, as bytes. */
export interface JsonMember {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the members at the top of a JSON object without parsing what is inside of them: a body with images is megabytes
 * long, and has to be sent on byte for byte. `undefined` for what is no JSON object; what stands deeper is not checked.
 */
export function topMembers(json: Buffer): readonly JsonMember[] | undefined {
  let at = skipSpace(json, 0);
  if (json[at] !== OPEN) return undefined;
  at = skipSpace(json, at + 1);
  const members: JsonMember[] = [];
  while (json[at] === QUOTE) {
    const nameEnd = skipString(json, at);
    const name = parsed(json, at, nameEnd);
    at = skipSpace(json, nameEnd);
    if (typeof name !== "string" || json[at] !== COLON) return undefined;
    const from = skipSpace(json, at + 1);
    const to = skipValue(json, from);
    members.push({ name, from, to });
    at = skipSpace(json, to);
    if (json[at] === CLOSE) return members;
    if (json[at] !== COMMA) return undefined;
    at = skipSpace(json, at + 1);
  }
  return json[at] === CLOSE && members.length === 0 ? members : undefined;
}

/** The value of the last member of that name, as `JSON.parse` would have it; `undefined` when there is none. */
export function memberValue(json: Buffer, members: readonly JsonMember[], name: string): unknown {
  const member = members.findLast((candidate) => candidate.name === name);
  return member === undefined ? undefined : parsed(json, member.from, member.to);
}

/** The same bytes, but for the values of all members of that name: who reads the first and who reads the last agree. */
export function withMember(json: Buffer, members: readonly JsonMember[], name: string, value: unknown): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to } of members.filter((member) => member.name === name)) {
    parts.push(json.subarray(at, from), Buffer.from(JSON.stringify(value)));
    at = to;
  }
  return Buffer.concat([...parts, json.subarray(at)]);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  // Space, tab, line feed, carriage return.
  while (json[at] === 0x20 || json[at] === 0x09 || json[at] === 0x0a || json[at] === 0x0d) at += 1;
  return at;
}

/** The place behind a string; the end of the text when it does not end. */
function skipString(json: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = json.indexOf(QUOTE, at);
    if (quote === -1) return json.length;
    let slashes = 0;
    while (json[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    at = quote + 1;
    if (slashes % 2 === 0) return at;
  }
}

function skipValue(json: Buffer, from: number): number {
  let at = from;
  let depth = 0;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || skipSpace(json, at) !== at)) return at;
    at += 1;
  }
  return at;
}

function parsed(json: Buffer, from: number, to: number): unknown {
  try {
    return JSON.parse(json.toString("utf8", from, to));
  } catch {
    return undefined;
  }
}
