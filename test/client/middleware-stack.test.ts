import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CarriedMiddleware } from "../../src/client/middleware-stack.ts";
import { CREDENTIALS } from "../support/requests.ts";

type Stack = BedrockRuntimeClient["middlewareStack"];

const make = (region: string): BedrockRuntimeClient => new BedrockRuntimeClient({ region, credentials: CREDENTIALS });
const nothing = <Next>(next: Next): Next => next;

function functionsOf(stack: Stack): unknown[] {
  const found: unknown[] = [];
  const add = (middleware: unknown): unknown => found.push(middleware);
  stack.applyToStack({ add, addRelativeTo: add } as unknown as Stack);
  return found;
}

/** The stack of the parent, and what it becomes for another client. */
function carried(change: (stack: Stack) => void): {
  readonly parent: Stack;
  readonly child: Stack;
  readonly own: Stack;
} {
  const parent = make("eu-central-1");
  const carrying = new CarriedMiddleware(parent);
  change(parent.middlewareStack);
  const own = make("eu-west-1").middlewareStack;
  return { parent: parent.middlewareStack, child: carrying.over(own), own };
}

describe("the carried stack", () => {
  it("is the other client's own while the caller has changed nothing", () => {
    const { child, own } = carried(() => {});
    expect(functionsOf(child)).toEqual(functionsOf(own));
    expect(child.identify()).toEqual(own.identify());
  });

  it("never holds middleware that is bound to the parent's Region", () => {
    const pristine = functionsOf(make("eu-central-1").middlewareStack);
    const parent = make("eu-central-1");
    const bound = functionsOf(parent.middlewareStack);
    const carrying = new CarriedMiddleware(parent);
    parent.middlewareStack.add(nothing, { step: "build", name: "caller" });
    const child = functionsOf(carrying.over(make("eu-west-1").middlewareStack));
    expect(child).toHaveLength(pristine.length + 1);
    expect(child.filter((middleware) => bound.includes(middleware))).toEqual([]);
  });

  it("holds the caller's middleware where the parent has it: inside the signature when it was added there", () => {
    const { parent, child } = carried((stack) => {
      stack.add(nothing, { step: "finalizeRequest", priority: "high", name: "afterSigning" });
      stack.addRelativeTo(nothing, { relation: "before", toMiddleware: "afterSigning", name: "before" });
    });
    const order = child.identify();
    expect(order).toEqual(parent.identify());
    expect(order.findIndex((name) => name.startsWith("afterSigning"))).toBeGreaterThan(
      order.findIndex((name) => name.startsWith("httpSigningMiddleware")),
    );
  });

  it("lacks the SDK's middleware that the caller removed, by name, by function and by tag", () => {
    const { parent, child } = carried((stack) => {
      stack.remove("loggerMiddleware");
      stack.remove(functionsOf(stack)[0] as never);
      stack.removeByTag("HOST");
    });
    expect(child.identify()).toEqual(parent.identify());
    expect(functionsOf(child)).toHaveLength(functionsOf(make("eu-west-1").middlewareStack).length - 3);
  });

  it("holds the caller's replacement of the SDK's middleware", () => {
    const replacement = <Next>(next: Next): Next => next;
    const { child } = carried((stack) => {
      stack.add(replacement, { name: "loggerMiddleware", step: "initialize", override: true });
    });
    expect(functionsOf(child)).toContain(replacement);
    expect(child.identify().filter((name) => name.startsWith("loggerMiddleware"))).toHaveLength(1);
  });

  it("keeps the SDK's middleware when replacing it has failed", () => {
    const { child, own } = carried((stack) => {
      expect(() => stack.add(nothing, { name: "retryMiddleware", step: "build", override: true })).toThrow();
    });
    expect(functionsOf(child)).toEqual(functionsOf(own));
  });

  it("does not change the other client's own stack", () => {
    const own = make("eu-west-1").middlewareStack;
    const before = functionsOf(own);
    const parent = make("eu-central-1");
    const carrying = new CarriedMiddleware(parent);
    parent.middlewareStack.remove("loggerMiddleware");
    carrying.over(own);
    expect(functionsOf(own)).toEqual(before);
  });

  it("prints itself when the caller has asked for that", () => {
    const { child } = carried((stack) => stack.identifyOnResolve(true));
    expect(child.identifyOnResolve()).toBe(true);
  });

  it("is the parent's, entry for entry, after any changes", () => {
    fc.assert(
      fc.property(fc.array(change(), { maxLength: 25 }), (changes) => {
        const parent = make("eu-central-1");
        const carrying = new CarriedMiddleware(parent);
        for (const apply of changes) apply(parent.middlewareStack);
        const over = (): Stack => carrying.over(make("eu-west-1").middlewareStack);
        // One name among the absolute and the relative entries, or in two places: then the SDK itself cannot copy the stack.
        if (!isCopyable(parent.middlewareStack)) expect(over).toThrow(/Duplicate middleware name|cannot be overridden/);
        else expect(over().identify()).toEqual(parent.middlewareStack.identify());
      }),
    );
  });
});

describe("the version of the stack", () => {
  it.each<[string, (stack: Stack) => void]>([
    ["add", (stack) => stack.add(nothing)],
    ["addRelativeTo", (stack) => stack.addRelativeTo(nothing, { relation: "after", toMiddleware: "retryMiddleware" })],
    ["use", (stack) => stack.use({ applyToStack: (target) => target.add(nothing) })],
    ["remove", (stack) => stack.remove("loggerMiddleware")],
    ["removeByTag", (stack) => stack.removeByTag("LOGGER")],
  ])("changes with %s", (_method, apply) => {
    const parent = make("eu-central-1");
    const carrying = new CarriedMiddleware(parent);
    const before = carrying.version;
    apply(parent.middlewareStack);
    expect(carrying.version).not.toBe(before);
  });

  it("stays with what only reads", () => {
    const parent = make("eu-central-1");
    const carrying = new CarriedMiddleware(parent);
    const before = carrying.version;
    parent.middlewareStack.identify();
    parent.middlewareStack.clone().add(nothing);
    parent.middlewareStack.concat(parent.middlewareStack.clone()).remove("loggerMiddleware");
    carrying.over(make("eu-west-1").middlewareStack);
    expect(carrying.version).toBe(before);
  });

  it("changes when the caller sets another stack, and follows that one", () => {
    const parent = make("eu-central-1");
    const carrying = new CarriedMiddleware(parent);
    const first = carrying.version;
    parent.middlewareStack = parent.middlewareStack.clone();
    const second = carrying.version;
    expect(second).not.toBe(first);
    expect(carrying.version).toBe(second);
    parent.middlewareStack.add(nothing, { name: "late" });
    expect(carrying.version).not.toBe(second);
    const child = carrying.over(make("eu-west-1").middlewareStack);
    expect(child.identify()).toContain("late - initialize");
  });

  it("leaves the methods of the stack with their results", () => {
    const parent = make("eu-central-1");
    new CarriedMiddleware(parent);
    expect(parent.middlewareStack.remove("loggerMiddleware")).toBe(true);
    expect(parent.middlewareStack.remove("loggerMiddleware")).toBe(false);
    expect(() => parent.middlewareStack.add(nothing, { name: "retryMiddleware" })).toThrow(/Duplicate middleware name/);
  });
});

function isCopyable(stack: Stack): boolean {
  try {
    stack.clone();
    return true;
  } catch {
    return false;
  }
}

/** One change of a stack by a caller, who may also get it wrong. */
function change(): fc.Arbitrary<(stack: Stack) => void> {
  const name = fc.constantFrom(
    "a",
    "b",
    "c",
    "loggerMiddleware",
    "hostHeaderMiddleware",
    "recursionDetectionMiddleware",
  );
  const step = fc.constantFrom("initialize", "serialize", "build", "finalizeRequest", "deserialize");
  const priority = fc.constantFrom("high", "normal", "low");
  const toMiddleware = fc.constantFrom("a", "b", "loggerMiddleware", "retryMiddleware", "httpSigningMiddleware");
  const relation = fc.constantFrom("before", "after");
  const tags = fc.constantFrom(["HOST"], ["MINE"]);
  const override = fc.boolean();
  const tried =
    (apply: (stack: Stack) => void) =>
    (stack: Stack): void => {
      try {
        apply(stack);
      } catch {
        // A duplicate name, or a replacement in another step.
      }
    };
  return fc.oneof(
    fc
      .record({ name, step, priority, tags, override }, { requiredKeys: ["step"] })
      .map((options) => tried((stack) => stack.add(nothing, options as never))),
    fc
      .record({ name, relation, toMiddleware, override }, { requiredKeys: ["relation", "toMiddleware"] })
      .map((options) => tried((stack) => stack.addRelativeTo(nothing, options as never))),
    name.map((removed) => tried((stack) => stack.remove(removed))),
    tags.map(([tag]) => tried((stack) => stack.removeByTag(tag ?? ""))),
  );
}
