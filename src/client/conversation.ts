/** So much of the head of a prompt tells one conversation from another. */
const HEAD = 512;

/**
 * An opaque key of what the turns of a conversation have in common: the head of the prompt, which a prompt cache holds. Of
 * Converse the system prompt and the first message; of a JSON body its beginning, which stays while turns are added at its
 * end. `undefined` without text.
 */
export function conversationOf(input: Readonly<Record<string, unknown>>): string | undefined {
  const { system, messages, body } = input;
  if (typeof body === "string") return keyOf(body.slice(0, HEAD));
  if (body instanceof Uint8Array) {
    return keyOf(Buffer.from(body.buffer, body.byteOffset, Math.min(HEAD, body.byteLength)).toString("latin1"));
  }
  const head = firstText(system).slice(0, HEAD);
  const [first] = Array.isArray(messages) ? messages : [];
  return keyOf(head + firstText((first as { readonly content?: unknown } | undefined)?.content).slice(0, HEAD));
}

function firstText(blocks: unknown): string {
  if (!Array.isArray(blocks)) return "";
  for (const block of blocks) {
    const text: unknown = (block as { readonly text?: unknown } | null)?.text;
    if (typeof text === "string" && text !== "") return text;
  }
  return "";
}

/** Two lanes of FNV-1a: a key need not withstand anybody, and must not keep a text. */
function keyOf(head: string): string | undefined {
  if (head === "") return undefined;
  let a = 0x811c9dc5;
  let b = 0x01234567;
  for (let place = 0; place < head.length; place += 1) {
    const code = head.charCodeAt(place);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
