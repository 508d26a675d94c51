/** The parts of an SDK command that retargeting needs. */
export interface SdkCommand {
  readonly input: Readonly<Record<string, unknown>>;
  readonly middlewareStack: { clone(): unknown };
}

/**
 * A copy of the command: `input` with another `modelId`, such as that of a route, and the middleware that the caller put
 * on the command. The original stays as it is, so that it can be sent again.
 */
export function retarget<Command extends SdkCommand>(
  command: Command,
  input: SdkCommand["input"],
  modelId: string,
): Command {
  // Not by its constructor: that of a caller's own class may take something else than the input.
  const copy: Command = Object.create(Object.getPrototypeOf(command) as object);
  return Object.assign(copy, command, {
    input: { ...input, modelId },
    middlewareStack: command.middlewareStack.clone(),
  });
}
