import type { Route } from "../types/route.ts";

/** The parts of an SDK command that retargeting needs. */
export interface SdkCommand {
  readonly input: Readonly<Record<string, unknown>>;
  readonly middlewareStack: { clone(): unknown };
}

/**
 * A copy of the command for one route: `input` with the route's `modelId`, and the middleware that the caller put on the
 * command. The original stays as it is, so that it can be sent again.
 */
export function retarget<Command extends SdkCommand>(
  command: Command,
  input: SdkCommand["input"],
  route: Route,
): Command {
  // Not by its constructor: that of a caller's own class may take something else than the input.
  const copy: Command = Object.create(Object.getPrototypeOf(command) as object);
  return Object.assign(copy, command, {
    input: { ...input, modelId: route.modelId },
    middlewareStack: command.middlewareStack.clone(),
  });
}

/** Whether the body of an InvokeModel request can be read only once, so that the request cannot be sent again. */
export function isOneShot(input: Readonly<Record<string, unknown>>): boolean {
  const { body } = input;
  if (typeof body !== "object" || body === null || body instanceof Uint8Array) return false;
  return (
    Symbol.asyncIterator in body || typeof (body as { getReader?: unknown }).getReader === "function" || "pipe" in body
  );
}
