import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

type Stack = BedrockRuntimeClient["middlewareStack"];

/**
 * Watches the middleware stack of the routed client and carries what the caller did to it over to the clients that
 * really send: an SDK client resolves its own stack, so middleware that stays on the routed client would never run.
 */
export class CarriedMiddleware {
  readonly #parent: { readonly middlewareStack: Stack };
  #watched: Stack | undefined;
  #version = 0;
  readonly #removals: ((stack: Stack) => void)[] = [];

  constructor(parent: { readonly middlewareStack: Stack }) {
    this.#parent = parent;
    this.#watch();
  }

  /** Changes whenever the stack of the routed client has changed. */
  get version(): number {
    if (this.#watched !== this.#parent.middlewareStack) this.#watch();
    return this.#version;
  }

  /**
   * The stack for a client whose own stack is `pristine`: the caller's middleware together with that client's defaults,
   * which are bound to its Region, less the defaults that the caller removed.
   */
  over(pristine: Stack): Stack {
    const own = pristine.clone();
    for (const remove of this.#removals) remove(own);
    return this.#parent.middlewareStack.concat(own);
  }

  #watch(): void {
    const stack = this.#parent.middlewareStack;
    this.#watched = stack;
    this.#version += 1;
    this.#observe(stack, "use");
    for (const method of ["add", "addRelativeTo"] as const) {
      this.#observe(stack, method, (_middleware, options) => {
        const { name, override } = (options ?? {}) as { name?: string; override?: boolean };
        // The caller's replacement of a default would lose against the default of the other client.
        if (override === true && name !== undefined) this.#removals.push((target) => target.remove(name));
      });
    }
    for (const method of ["remove", "removeByTag"] as const) {
      this.#observe(stack, method, (what) => this.#removals.push((target) => target[method](what as string)));
    }
  }

  /** The stack is a plain object of functions without events of its own. */
  #observe(stack: Stack, method: "add" | "addRelativeTo" | "use" | "remove" | "removeByTag", note?: (...args: unknown[]) => void): void {
    const methods = stack as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = methods[method];
    methods[method] = (...args) => {
      this.#version += 1;
      note?.(...args);
      return original?.apply(stack, args);
    };
  }
}
