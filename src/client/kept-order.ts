import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { addEntry, type Entry, entriesOf, MUTATORS } from "./middleware-stack.ts";
import { showCallersSignal } from "./shown-signal.ts";

type Stack = BedrockRuntimeClient["middlewareStack"];
type Middleware = (next: unknown, context: object) => unknown;

/** The order in which the middleware of a client and of one kind of command run. */
interface KeptOrder {
  /** The entries of the command that it holds for. */
  readonly command: readonly Entry[];
  /** From the outermost to the innermost: middleware of the client, or the place of an entry of the command. */
  readonly chain: readonly (Middleware | number)[];
}

/** Kinds of commands whose order is kept. Applications have a few; a stack that never repeats itself gains nothing. */
const MOST_ORDERS = 16;

/**
 * A stack that sorts its middleware once for each kind of command. The SDK's own copies, sorts and resolves all of its
 * entries again for each call, which takes a third of the CPU time of a call. Kept is the order alone: every call has a
 * chain, a context and a handler of its own, and what is attached to its command runs.
 *
 * Whatever cannot be told beforehand is left to the SDK.
 */
export function withKeptOrder(stack: Stack): Stack {
  let entries = entriesOf(stack);
  let orders: KeptOrder[] = [];
  const quick = Object.create(stack) as Record<string, unknown>;
  for (const method of MUTATORS) {
    quick[method] = (...args: unknown[]): unknown => {
      const result = (stack as unknown as Methods)[method]?.(...args);
      entries = entriesOf(stack);
      orders = [];
      return result;
    };
  }
  quick.concat = (command: Stack): object => {
    const sdks = (): Stack => stack.concat(command as never) as unknown as Stack;
    if (stack.identifyOnResolve() || command.identifyOnResolve()) return showingCallersSignal(sdks());
    const own = entriesOf(command);
    let order = orders.find((known) => isSameKind(known.command, own));
    if (order === undefined) {
      order = orderOf(stack, entries, own);
      // The SDK says what is wrong with it.
      if (order === undefined) return showingCallersSignal(sdks());
      if (orders.length === MOST_ORDERS) orders = [];
      orders.push(order);
    }
    return new OrderedStack(order, own, sdks);
  };
  return quick as unknown as Stack;
}

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The stack of one call. The SDK only resolves it; a command class of the caller's own may do more. */
class OrderedStack {
  readonly #order: KeptOrder;
  readonly #command: readonly Entry[];
  readonly #sdks: () => Stack;
  #stack: Stack | undefined;

  constructor(order: KeptOrder, command: readonly Entry[], sdks: () => Stack) {
    this.#order = order;
    this.#command = command;
    this.#sdks = sdks;
  }

  resolve(handler: unknown, context: object): unknown {
    if (this.#stack !== undefined) return this.#stack.resolve(handler as never, context as never);
    showCallersSignal(context);
    const { chain } = this.#order;
    let next = handler;
    for (let place = chain.length - 1; place >= 0; place -= 1) {
      const link = chain[place];
      const middleware = typeof link === "number" ? this.#command[link]?.middleware : link;
      next = (middleware as Middleware)(next, context);
    }
    return next;
  }

  /** The same stack as the SDK would have made it. */
  get full(): Stack {
    this.#stack ??= showingCallersSignal(this.#sdks());
    return this.#stack;
  }
}

for (const method of [...MUTATORS, "clone", "concat", "applyToStack", "identify", "identifyOnResolve"]) {
  Object.defineProperty(OrderedStack.prototype, method, {
    value(this: OrderedStack, ...args: unknown[]): unknown {
      return (this.full as unknown as Methods)[method]?.(...args);
    },
  });
}

function showingCallersSignal(stack: Stack): Stack {
  const resolve = stack.resolve;
  stack.resolve = ((handler: never, context: never) => {
    showCallersSignal(context);
    return resolve(handler, context);
  }) as Stack["resolve"];
  return stack;
}

/** Whether two lists of entries end up at the same places. */
function isSameKind(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.length === b.length && a.every((entry, place) => isAlike(entry, b[place]));
}

function isAlike(a: Entry, b: Entry | undefined): boolean {
  return (
    b !== undefined &&
    a.name === b.name &&
    a.step === b.step &&
    a.priority === b.priority &&
    a.relation === b.relation &&
    a.toMiddleware === b.toMiddleware &&
    a.override === b.override &&
    (a.aliases === b.aliases || String(a.aliases) === String(b.aliases))
  );
}

/** The order, told by a stack of probes that is resolved; `undefined` when the SDK refuses these entries. */
function orderOf(stack: Stack, client: readonly Entry[], command: readonly Entry[]): KeptOrder | undefined {
  const chain: (Middleware | number)[] = [];
  const probe =
    (link: Middleware | number): Middleware =>
    (next) => {
      chain.unshift(link);
      return next;
    };
  try {
    // An empty stack of the same kind.
    const probes = stack.clone();
    for (const { middleware } of client) probes.remove(middleware as never);
    for (const entry of client) addEntry(probes, { ...entry, middleware: probe(entry.middleware as Middleware) });
    command.forEach((entry, place) => {
      addEntry(probes, { ...entry, middleware: probe(place) });
    });
    probes.resolve((() => {}) as never, {} as never);
  } catch {
    return undefined;
  }
  return { command, chain };
}
