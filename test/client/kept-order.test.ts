import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { withKeptOrder } from "../../src/client/kept-order.ts";
import { CREDENTIALS, converseCommand } from "../support/requests.ts";

type Stack = BedrockRuntimeClient["middlewareStack"];
type Middleware = (next: (args: unknown) => unknown, context: object) => (args: unknown) => unknown;

/** Adds middleware to a stack, or takes some away. */
type Change = (stack: Stack, make: (id: string) => Middleware) => void;

const emptyStack = (): Stack => converseCommand().middlewareStack as unknown as Stack;

/** Middleware that notes when it is set up and when it runs. */
function noting(log: string[], owner: string): (id: string) => Middleware {
  return (id) => (next) => {
    log.push(`set up ${owner} ${id}`);
    return (args) => {
      log.push(`run ${owner} ${id}`);
      return next(args);
    };
  };
}

function stackOf(changes: readonly Change[], make: (id: string) => Middleware): Stack {
  const stack = emptyStack();
  for (const change of changes) {
    try {
      change(stack, make);
    } catch {
      // A duplicate name, or a replacement in another place.
    }
  }
  return stack;
}

/** What happens when a stack with a command's middleware behind it is resolved and called; or the SDK's refusal. */
function callOf(concat: (command: Stack) => unknown, command: readonly Change[], log: string[]): readonly string[] {
  log.length = 0;
  try {
    const stack = concat(stackOf(command, noting(log, "command"))) as Stack;
    const handler = stack.resolve((() => log.push("handled")) as never, {} as never) as (args: unknown) => unknown;
    handler({});
  } catch (error) {
    log.push(String(error));
  }
  return [...log];
}

describe("a stack that keeps its order", () => {
  it("sets up and runs what the SDK's own would, for one command after the other", () => {
    fc.assert(
      fc.property(changes(12), fc.array(changes(4), { minLength: 1, maxLength: 3 }), (client, kinds) => {
        const log: string[] = [];
        const stack = stackOf(client, noting(log, "client"));
        const quick = withKeptOrder(stack);
        for (const command of [...kinds, ...kinds]) {
          const expected = callOf((own) => stack.concat(own as never), command, log);
          expect(callOf((own) => quick.concat(own as never), command, log)).toEqual(expected);
        }
      }),
    );
  });

  it("follows its own changes", () => {
    const log: string[] = [];
    const quick = withKeptOrder(stackOf([], noting(log, "client")));
    const call = () => callOf((own) => quick.concat(own as never), [], log);
    expect(call()).toEqual(["handled"]);
    quick.add(noting(log, "client")("late") as never, { name: "late" });
    expect(call()).toEqual(["set up client late", "run client late", "handled"]);
    quick.remove("late");
    expect(call()).toEqual(["handled"]);
  });

  it("tells the two orders of one name apart", () => {
    const log: string[] = [];
    const stack = stackOf([(own, make) => own.add(make("a") as never, { name: "a", step: "build" })], noting(log, "c"));
    const quick = withKeptOrder(stack);
    const inner: Change = (own, make) => own.add(make("b") as never, { name: "b", step: "deserialize" });
    const outer: Change = (own, make) => own.add(make("b") as never, { name: "b", step: "initialize" });
    const ran = (command: Change) => callOf((own) => quick.concat(own as never), [command], log).slice(2);
    expect(ran(inner)).toEqual(["run c a", "run command b", "handled"]);
    expect(ran(outer)).toEqual(["run command b", "run c a", "handled"]);
  });

  it("can be used like any stack when a command asks for more than to be resolved", () => {
    const log: string[] = [];
    const client: Change = (own, make) => own.add(make("a") as never, { name: "a" });
    const quick = withKeptOrder(stackOf([client], noting(log, "client")));
    const stack = quick.concat(emptyStack() as never) as unknown as Stack;
    expect(stack.identify()).toEqual(["a - initialize"]);
    stack.add(noting(log, "late")("b") as never, { name: "b", priority: "low" });
    (stack.resolve((() => {}) as never, {} as never) as (args: unknown) => unknown)({});
    expect(log.filter((line) => line.startsWith("run"))).toEqual(["run client a", "run late b"]);
    expect(quick.identify()).toEqual(["a - initialize"]);
  });

  it("is printed by the SDK when somebody has asked for that", () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      const stack = emptyStack();
      stack.identifyOnResolve(true);
      const quick = withKeptOrder(stack);
      quick.concat(emptyStack() as never).resolve((() => {}) as never, {} as never);
      expect(print).toHaveBeenCalledTimes(1);
    } finally {
      print.mockRestore();
    }
  });

  it("takes the SDK's own middleware of a client, and of a command, in the SDK's order", () => {
    const { middlewareStack } = new BedrockRuntimeClient({ region: "eu-central-1", credentials: CREDENTIALS });
    const quick = withKeptOrder(middlewareStack);
    expect(quick.identify()).toEqual(middlewareStack.identify());
    expect(quick.concat(emptyStack() as never).identify()).toEqual(middlewareStack.identify());
  });
});

/** Changes of a stack by somebody who may also get it wrong. */
function changes(maxLength: number): fc.Arbitrary<readonly Change[]> {
  return fc
    .array(change(), { maxLength })
    .map((made) => made.map((each, place) => (stack, make) => each(stack, (id) => make(`${id}${place}`))));
}

function change(): fc.Arbitrary<Change> {
  const name = fc.constantFrom("a", "b", "c");
  const step = fc.constantFrom("initialize", "serialize", "build", "finalizeRequest", "deserialize");
  const priority = fc.constantFrom("high", "normal", "low");
  const toMiddleware = fc.constantFrom("a", "b", "c", "alias");
  const relation = fc.constantFrom("before", "after");
  const aliases = fc.constantFrom(["alias"], ["other"]);
  const override = fc.boolean();
  return fc.oneof(
    fc.record({ name, step, priority, aliases, override }, { requiredKeys: ["step"] }).map(
      (options): Change =>
        (stack, make) =>
          stack.add(make("absolute") as never, options as never),
    ),
    fc.record({ name, relation, toMiddleware, override }, { requiredKeys: ["relation", "toMiddleware"] }).map(
      (options): Change =>
        (stack, make) =>
          stack.addRelativeTo(make("relative") as never, options as never),
    ),
    name.map(
      (removed): Change =>
        (stack) =>
          void stack.remove(removed),
    ),
  );
}
