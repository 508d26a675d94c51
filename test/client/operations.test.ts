import * as runtime from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { OPERATIONS, operationOf } from "../../src/client/operations.ts";

const commands = Object.keys(runtime).filter((name) => name !== "$Command" && name.endsWith("Command"));

describe("the table of operations", () => {
  it("knows every operation of the installed SDK, and no other", () => {
    expect(commands.map((name) => name.replace(/Command$/, "")).sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it.each(Object.entries(OPERATIONS))("treats %s as its command", (name, operation) => {
    const Command = (runtime as unknown as Record<string, new (input: object) => object>)[`${name}Command`];
    expect(Command).toBeDefined();
    expect(operationOf(new Command!({}))).toBe(operation);
  });

  it("routes exactly the four operations that run inference and can be repeated", () => {
    const routed = Object.entries(OPERATIONS).filter(([, operation]) => operation.handling === "routed");
    expect(Object.fromEntries(routed)).toEqual({
      Converse: { handling: "routed", name: "Converse" },
      ConverseStream: {
        handling: "routed",
        name: "ConverseStream",
        stream: { field: "stream", format: "converse" },
      },
      InvokeModel: { handling: "routed", name: "InvokeModel", usageInHeaders: true },
      InvokeModelWithResponseStream: {
        handling: "routed",
        name: "InvokeModelWithResponseStream",
        stream: { field: "body", format: "invoke-model" },
      },
    });
  });

  it("marks the pass-through operations that send text of the caller", () => {
    const marked = Object.entries(OPERATIONS).flatMap(([name, operation]) =>
      operation.handling === "passed-through" && operation.carriesContent ? [name] : [],
    );
    expect(marked).toEqual(["ApplyGuardrail", "InvokeGuardrailChecks"]);
  });
});

describe("the operation of a command", () => {
  it("is told by its class, whatever a bundler calls it", () => {
    const command = new runtime.ConverseCommand({ modelId: "m", messages: [] });
    const name = Object.getOwnPropertyDescriptor(runtime.ConverseCommand, "name");
    Object.defineProperty(runtime.ConverseCommand, "name", { value: "e", configurable: true });
    try {
      expect(operationOf(command)).toBe(OPERATIONS.Converse);
    } finally {
      Object.defineProperty(runtime.ConverseCommand, "name", name ?? {});
    }
  });

  it("is that of the SDK's class which the caller's own class extends", () => {
    class AskCommand extends runtime.ConverseStreamCommand {}
    class AskPolitelyCommand extends AskCommand {}
    expect(operationOf(new AskPolitelyCommand({ modelId: "m", messages: [] }))).toBe(OPERATIONS.ConverseStream);
  });

  it("is told by name for a command of another copy of the SDK", () => {
    class InvokeModelCommand {}
    expect(operationOf(new InvokeModelCommand())).toBe(OPERATIONS.InvokeModel);
  });

  it.each(["FutureCommand", "constructorCommand", "toStringCommand", "Command", ""])(
    "sends an unknown command (%j) from home within the residency",
    (name) => {
      const Unknown = class {};
      Object.defineProperty(Unknown, "name", { value: name });
      expect(operationOf(new Unknown())).toMatchObject({ handling: "home-region" });
    },
  );
});
