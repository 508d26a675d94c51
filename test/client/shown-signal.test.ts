import { describe, expect, it } from "vitest";
import { FRONTS, onBothFronts } from "../support/fronts.ts";
import { CREDENTIALS, converseCommand, EU_SONNET } from "../support/requests.ts";
import { StubHandler } from "../support/stub-handler.ts";

interface Context {
  readonly __smithy_context: { readonly abortSignal?: unknown };
}

/** What middleware finds in its context as the signal of a request, and what the request handler gets. */
async function signalsOf(front: (typeof FRONTS)[number], signal: AbortSignal | undefined, unnamed = false) {
  const handler = new StubHandler();
  const client = front.make({ region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler });
  const command = converseCommand(EU_SONNET);
  if (unnamed) command.middlewareStack.add((next) => next);
  const shown: unknown[] = [];
  client.middlewareStack.add((next, context) => {
    shown.push((context as unknown as Context).__smithy_context.abortSignal);
    return next;
  });
  await client.send(command, ...(signal === undefined ? [] : [{ abortSignal: signal }]));
  return { shown, handed: handler.requests.map(({ options }) => options.abortSignal) };
}

describe("the signal that middleware sees", () => {
  it.each([false, true])("is none when the caller gave none (middleware of the command: %s)", async (unnamed) => {
    for (const front of FRONTS) expect((await signalsOf(front, undefined, unnamed)).shown).toEqual([undefined]);
  });

  it("is the caller's own where the SDK shows it", async () => {
    const { signal } = new AbortController();
    const [plain, routed] = await onBothFronts((front) => signalsOf(front, signal));
    expect(routed?.shown).toHaveLength(1);
    // SDKs before the summer of 2026 show none.
    expect(routed?.shown[0]).toBe(plain?.shown[0]);
    expect([signal, undefined]).toContain(plain?.shown[0]);
  });
});

describe("a request handler of the caller's own", () => {
  it("gets a web AbortSignal, so that an attempt can be cancelled", async () => {
    const [, routed] = await onBothFronts((front) => signalsOf(front, undefined));
    expect(routed?.handed).toHaveLength(1);
    expect(routed?.handed[0]).toBeInstanceOf(AbortSignal);
  });
});
