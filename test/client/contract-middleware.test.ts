import { type BedrockRuntime, type ConverseCommand, ListAsyncInvokesCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { FRONTS, type Front, onBothFronts } from "../support/fronts.ts";
import { rejectionOf } from "../support/rejection.ts";
import { CREDENTIALS, converseCommand, EU_SONNET } from "../support/requests.ts";
import { errorResponse, type StubbedAnswer, StubHandler } from "../support/stub-handler.ts";

// The same expectations for the SDK's own client and for ours: what callers do with the middleware stack.

interface Call {
  readonly input: object;
  readonly request: { readonly headers: Record<string, string> };
}
type Next = (args: Call) => Promise<{ readonly output: { stopReason?: string } }>;
/** The SDK types middleware by its step; here one type has to do for all of them. */
interface AnyStack {
  add(middleware: (next: Next, context: { commandName: string }) => Next, options?: object): void;
  addRelativeTo(middleware: (next: Next) => Next, options: object): void;
  use(plugin: { applyToStack(stack: AnyStack): void }): void;
  remove(what: unknown): boolean;
  removeByTag(tag: string): boolean;
  identify(): string[];
  clone(): AnyStack;
}

const hello = (): ConverseCommand => converseCommand(EU_SONNET);
const stackOf = (holder: { middlewareStack: unknown }): AnyStack => holder.middlewareStack as AnyStack;

function make(
  front: Front,
  answer?: StubbedAnswer,
): { readonly client: BedrockRuntime; readonly handler: StubHandler } {
  const handler = new StubHandler(answer);
  const config = { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, maxAttempts: 1 };
  return { client: front.make(config), handler };
}

/** Middleware that only notes that it ran. */
function noting(log: string[], name: string): (next: Next) => Next {
  return (next) => (args) => {
    log.push(name);
    return next(args);
  };
}

function setting(header: string, value: string): (next: Next) => Next {
  return (next) => (args) => {
    args.request.headers[header] = value;
    return next(args);
  };
}

describe.each(FRONTS)("$name runs middleware", (front) => {
  it("that was added before and after the first request, until it is removed", async () => {
    const { client } = make(front);
    const log: string[] = [];
    const first = noting(log, "first");
    stackOf(client).add(first, { tags: ["MINE"] });
    await client.send(hello());
    stackOf(client).add(noting(log, "second"), { name: "second" });
    await client.send(hello());
    expect(log).toEqual(["first", "first", "second"]);
    expect(stackOf(client).remove(first)).toBe(true);
    await client.send(hello());
    expect(log.slice(3)).toEqual(["second"]);
    expect(stackOf(client).remove("second")).toBe(true);
    expect(stackOf(client).removeByTag("MINE")).toBe(false);
    await client.send(hello());
    expect(log).toHaveLength(4);
  });

  it("of a plugin, and relative to the SDK's and to the caller's own", async () => {
    const { client } = make(front);
    const log: string[] = [];
    stackOf(client).use({
      applyToStack: (stack) => stack.add(noting(log, "plugin"), { step: "build", name: "plugin" }),
    });
    stackOf(client).addRelativeTo(noting(log, "before"), { relation: "before", toMiddleware: "plugin" });
    stackOf(client).addRelativeTo(noting(log, "after"), { relation: "after", toMiddleware: "retryMiddleware" });
    stackOf(client).addRelativeTo(noting(log, "outermost"), { relation: "before", toMiddleware: "loggerMiddleware" });
    await client.send(hello());
    expect(log).toEqual(["outermost", "before", "plugin", "after"]);
  });

  it("that replaces the SDK's or the caller's own by name", async () => {
    const { client, handler } = make(front);
    const log: string[] = [];
    stackOf(client).add(noting(log, "old"), { name: "mine", step: "build" });
    stackOf(client).add(noting(log, "new"), { name: "mine", step: "build", override: true });
    stackOf(client).add(setting("user-agent", "nobody"), {
      name: "getUserAgentMiddleware",
      step: "build",
      priority: "low",
      override: true,
    });
    await client.send(hello());
    await client.send(hello());
    expect(log).toEqual(["new", "new"]);
    expect(handler.requests.map(({ headers }) => headers["user-agent"])).toEqual(["nobody", "nobody"]);
  });

  it("without the SDK's that was removed", async () => {
    const { client, handler } = make(front);
    await client.send(hello());
    stackOf(client).remove("getUserAgentMiddleware");
    await client.send(hello());
    expect(handler.requests.map(({ headers }) => "user-agent" in headers)).toEqual([true, false]);
  });

  it("of one command, each time that it is sent and for no other", async () => {
    const { client } = make(front);
    const log: string[] = [];
    const command = hello();
    stackOf(command).add(noting(log, "ofTheCommand"), { name: "ofTheCommand" });
    await client.send(command);
    await client.send(command);
    await client.send(hello());
    expect(log).toEqual(["ofTheCommand", "ofTheCommand"]);
  });

  it("of one command around that of the client", async () => {
    const { client } = make(front);
    const log: string[] = [];
    const command = hello();
    stackOf(client).add(noting(log, "client"), { name: "client" });
    stackOf(command).addRelativeTo(noting(log, "command"), { relation: "before", toMiddleware: "client" });
    await client.send(command);
    expect(log).toEqual(["command", "client"]);
  });

  it("that sees the command, changes the request and changes the output", async () => {
    const { client, handler } = make(front);
    const seen: unknown[] = [];
    stackOf(client).add((next, context) => async (args) => {
      seen.push([context.commandName, args.input]);
      const result = await next(args);
      result.output.stopReason = "changed";
      return result;
    });
    stackOf(client).add(setting("x-tenant", "acme"), { step: "build" });
    const output = await client.send(hello());
    expect(output.stopReason).toBe("changed");
    expect(seen).toEqual([["ConverseCommand", hello().input]]);
    expect(handler.requests[0]?.headers["x-tenant"]).toBe("acme");
    expect(handler.requests[0]?.headers.authorization).toContain(";x-tenant");
  });

  it("that adds a header after the signature", async () => {
    const { client, handler } = make(front);
    stackOf(client).add(setting("x-late", "yes"), { step: "finalizeRequest", priority: "high" });
    await client.send(hello());
    expect(handler.requests[0]?.headers).toMatchObject({ "x-late": "yes" });
    expect(handler.requests[0]?.headers.authorization).not.toContain("x-late");
  });

  it("that answers by itself", async () => {
    const { client, handler } = make(front);
    const canned = { $metadata: {}, stopReason: "canned" };
    stackOf(client).add(() => async () => ({ output: canned }));
    expect(await client.send(hello())).toMatchObject({ stopReason: "canned" });
    expect(handler.requests).toEqual([]);
  });

  it("also for operations that are not routed", async () => {
    const { client, handler } = make(front, () => ({ body: { asyncInvokeSummaries: [] } }));
    await client.send(new ListAsyncInvokesCommand({}));
    stackOf(client).add(setting("x-tenant", "acme"), { step: "build" });
    await client.send(new ListAsyncInvokesCommand({}));
    expect(handler.requests.map(({ headers }) => headers["x-tenant"])).toEqual([undefined, "acme"]);
  });

  it("of a stack that was set in place of its own", async () => {
    const { client } = make(front);
    const log: string[] = [];
    await client.send(hello());
    const stack = stackOf(client).clone();
    stack.add(noting(log, "ofTheClone"));
    client.middlewareStack = stack as never;
    await client.send(hello());
    expect(log).toEqual(["ofTheClone"]);
  });

  it("when it is told to keep what it has resolved", async () => {
    const handler = new StubHandler();
    const config = { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, cacheMiddleware: true };
    const client = front.make(config);
    const log: string[] = [];
    stackOf(client).add(noting(log, "cached"));
    for (let request = 0; request < 3; request += 1) await client.send(hello());
    expect(log).toEqual(["cached", "cached", "cached"]);
    expect(handler.requests).toHaveLength(3);
  });
});

describe("the two clients", () => {
  it("run middleware of every step and priority in the same order and with the same request", async () => {
    const [plain, routed] = await onBothFronts(async (front) => {
      const { client } = make(front);
      const log: string[] = [];
      for (const step of ["initialize", "serialize", "build", "finalizeRequest", "deserialize"]) {
        for (const priority of ["high", "normal", "low"]) {
          const note = (next: Next) => (args: Call) => {
            log.push(
              `${step} ${priority}: ${Object.keys(args.request?.headers ?? {})
                .sort()
                .join()}`,
            );
            return next(args);
          };
          stackOf(client).add(note, { step, priority });
        }
      }
      await client.send(hello());
      return log;
    });
    expect(plain).toHaveLength(15);
    expect(routed).toEqual(plain);
  });

  it.each([
    [
      "throws",
      () => () => {
        throw new Error("No tenant");
      },
    ],
    ["rejects", () => () => Promise.reject(new Error("No tenant"))],
    [
      "throws while it is set up",
      () => {
        throw new Error("No tenant");
      },
    ],
  ])("pass on what middleware %s", async (_title, middleware) => {
    for (const front of FRONTS) {
      const { client, handler } = make(front);
      stackOf(client).add(middleware as never);
      const error = await rejectionOf((async () => client.send(hello()))());
      expect(error.message).toBe("No tenant");
      expect(handler.requests).toEqual([]);
    }
  });

  it("show errors to middleware before the caller sees them", async () => {
    for (const front of FRONTS) {
      const { client } = make(front, () => errorResponse(400, "ValidationException", "Malformed input request."));
      const seen: unknown[] = [];
      stackOf(client).add(
        (next) => (args) =>
          next(args).catch((error: unknown) => {
            seen.push(error);
            throw error;
          }),
      );
      const error = await rejectionOf(client.send(hello()));
      expect(seen).toEqual([error]);
      expect(seen[0]).toBe(error);
    }
  });
});
