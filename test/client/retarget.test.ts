import { ConverseCommand, type ConverseCommandInput, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { retarget, type SdkCommand } from "../../src/client/retarget.ts";
import { HELLO } from "../support/requests.ts";
import { routeOf } from "../support/routes.ts";

const route = routeOf("eu@eu-west-1");

/** As the routed client does: with the input of the command. */
function retargeted<Command extends object>(command: Command): Command {
  const sdkCommand = command as unknown as SdkCommand;
  return retarget(sdkCommand, sdkCommand.input, route.modelId) as unknown as Command;
}

describe("a command for one route", () => {
  it("is of the same class, with the same input but the route's modelId", () => {
    const command = new ConverseCommand({ modelId: "m", messages: HELLO, inferenceConfig: { maxTokens: 5 } });
    const copy = retargeted(command);
    expect(copy).toBeInstanceOf(ConverseCommand);
    expect(copy.input).toEqual({ modelId: route.modelId, messages: HELLO, inferenceConfig: { maxTokens: 5 } });
    expect(copy.input.messages).toBe(HELLO);
  });

  it("leaves the original as it was", () => {
    const input: ConverseCommandInput = Object.freeze({ modelId: "m", messages: HELLO });
    const command = new ConverseCommand(input);
    const before = command.input;
    const copy = retargeted(command);
    copy.middlewareStack.add((next) => next, { name: "ofTheCopy" });
    expect(command.input).toBe(before);
    expect(command.input).toEqual({ modelId: "m", messages: HELLO });
    expect(command.middlewareStack.identify()).toEqual([]);
  });

  it("carries the input that it is given, not the one that the command has by now", () => {
    const command = new ConverseCommand({ modelId: "m", messages: HELLO });
    const sent = { ...command.input };
    command.input.messages = [];
    const copy = retarget(command as unknown as SdkCommand, sent, route.modelId);
    expect(copy.input).toEqual({ modelId: route.modelId, messages: HELLO });
  });

  it("carries the middleware that the caller put on the command", () => {
    const command = new ConverseCommand({ modelId: "m", messages: HELLO });
    command.middlewareStack.add((next) => next, { name: "absolute", step: "build" });
    command.middlewareStack.addRelativeTo(<Next>(next: Next): Next => next, {
      name: "relative",
      relation: "after",
      toMiddleware: "absolute",
    });
    expect(retargeted(command).middlewareStack.identify()).toEqual(command.middlewareStack.identify());
    expect(command.middlewareStack.identify()).toHaveLength(2);
  });

  it("needs nothing of the constructor, which may be a caller's own", () => {
    class AskCommand extends ConverseCommand {
      readonly tenant: string;

      constructor(question: string, tenant: string) {
        super({ modelId: "m", messages: [{ role: "user", content: [{ text: question }] }] });
        this.tenant = tenant;
      }
    }
    const copy = retargeted(new AskCommand("Why?", "acme"));
    expect(copy).toBeInstanceOf(AskCommand);
    expect(copy.tenant).toBe("acme");
    expect(copy.input).toEqual({
      modelId: route.modelId,
      messages: [{ role: "user", content: [{ text: "Why?" }] }],
    });
  });

  it.each([
    ["a string", "{}"],
    ["a Uint8Array", new Uint8Array([1, 2])],
    ["a Buffer", Buffer.from("{}")],
  ])("keeps a body that is %s", (_title, body) => {
    expect(retargeted(new InvokeModelCommand({ modelId: "m", body })).input.body).toBe(body);
  });
});
