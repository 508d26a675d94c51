import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

type Stack = BedrockRuntimeClient["middlewareStack"];

/**
 * Carries the middleware stack of the routed client over to the clients that really send: an SDK client resolves its
 * own stack, so middleware that stays on the routed client would never run.
 */
export class CarriedMiddleware {
  readonly #parent: { readonly middlewareStack: Stack };
  /** The SDK's own middleware of the routed client. It is bound to that client's config, so it is never carried. */
  readonly #defaults: ReadonlySet<unknown>;
  #watched: Stack | undefined;
  #version = 0;

  /** @param parent - the routed client, before anybody else has seen it */
  constructor(parent: { readonly middlewareStack: Stack }) {
    this.#parent = parent;
    this.#defaults = new Set(entriesOf(parent.middlewareStack).map((entry) => entry.middleware));
    this.#watch();
  }

  /** Changes whenever the stack of the routed client has changed. */
  get version(): number {
    if (this.#watched !== this.#parent.middlewareStack) this.#watch();
    return this.#version;
  }

  /**
   * The stack for a client whose own stack is `pristine`: the stack of the routed client as it stands now, entry for
   * entry and in its order, with the SDK's own middleware taken from `pristine`.
   */
  over(pristine: Stack): Stack {
    const parent = this.#parent.middlewareStack;
    const own = entriesOf(pristine);
    const stack = pristine.clone();
    for (const { middleware } of own) stack.remove(middleware as never);
    for (const entry of entriesOf(parent)) {
      const counterpart = this.#defaults.has(entry.middleware)
        ? own.find(({ name }) => name === entry.name)
        : undefined;
      addEntry(stack, { ...entry, middleware: counterpart?.middleware ?? entry.middleware });
    }
    stack.identifyOnResolve(parent.identifyOnResolve());
    return stack;
  }

  /** The stack is a plain object of functions without events of its own. */
  #watch(): void {
    const stack = this.#parent.middlewareStack;
    this.#watched = stack;
    this.#version += 1;
    const methods = stack as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const method of MUTATORS) {
      const original = methods[method];
      methods[method] = (...args) => {
        this.#version += 1;
        return original?.apply(stack, args);
      };
    }
  }
}

/** The methods with which a stack is changed. */
export const MUTATORS: readonly string[] = ["add", "addRelativeTo", "use", "remove", "removeByTag"];

/** One middleware with the options that it was added with; relative ones name their neighbour. */
export interface Entry {
  readonly name?: string;
  readonly aliases?: readonly string[];
  readonly step?: string;
  readonly priority?: string;
  readonly relation?: string;
  readonly toMiddleware?: string;
  readonly override?: boolean;
  readonly middleware: unknown;
}

/** A stack does not list its entries, but it adds them to any other stack. */
export function entriesOf(stack: Stack): readonly Entry[] {
  const entries: Entry[] = [];
  const add = (middleware: unknown, options: object): void => {
    entries.push({ ...options, middleware });
  };
  stack.applyToStack({ add, addRelativeTo: add } as unknown as Stack);
  return entries;
}

export function addEntry(stack: Stack, { middleware, ...options }: Entry): void {
  if (options.toMiddleware === undefined) stack.add(middleware as never, options as never);
  else stack.addRelativeTo(middleware as never, options as never);
}
