import * as runtime from "@aws-sdk/client-bedrock-runtime";
import type { AnswerFormat } from "../dispatch/answer-events.ts";

/** How a routed client treats one operation of the Bedrock runtime API. */
export type Operation =
  | {
      /** Goes to the best route and fails over. */
      readonly handling: "routed";
      readonly name: string;
      readonly stream?: { readonly field: "stream" | "body"; readonly format: AnswerFormat };
      /** Whether the tokens of an answer stand in its response headers alone. */
      readonly usageInHeaders?: true;
    }
  | {
      /** Goes to the home Region with the `modelId` as given: the plain SDK behaviour, within the residency. */
      readonly handling: "home-region";
      readonly because: string;
      /** Whether AWS takes no inference profile here: the foundation model behind one goes in its place. */
      readonly takesModelOnly?: true;
    }
  | {
      /** Goes to the home Region unchanged. */
      readonly handling: "passed-through";
      readonly because: string;
      /** True when the request carries text of the caller: the home Region must then meet the residency. */
      readonly carriesContent: boolean;
    };

/**
 * The operations of the Bedrock runtime API and how each is treated.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
 */
export const OPERATIONS: Readonly<Record<string, Operation>> = Object.freeze({
  Converse: { handling: "routed", name: "Converse" },
  ConverseStream: { handling: "routed", name: "ConverseStream", stream: { field: "stream", format: "converse" } },
  InvokeModel: { handling: "routed", name: "InvokeModel", usageInHeaders: true },
  InvokeModelWithResponseStream: {
    handling: "routed",
    name: "InvokeModelWithResponseStream",
    stream: { field: "body", format: "invoke-model" },
  },
  CountTokens: {
    handling: "home-region",
    because: "it runs no inference, and AWS takes foundation models only",
    takesModelOnly: true,
  },
  InvokeModelWithBidirectionalStream: {
    handling: "home-region",
    because: "its input stream is consumed as it is sent and cannot be replayed",
  },
  StartAsyncInvoke: {
    handling: "home-region",
    because:
      "the job and its S3 output belong to the Region that it was started in, and a repeated start could run twice",
  },
  GetAsyncInvoke: {
    handling: "passed-through",
    because: "the job belongs to the Region that it was started in",
    carriesContent: false,
  },
  ListAsyncInvokes: {
    handling: "passed-through",
    because: "the jobs belong to the Region that they were started in",
    carriesContent: false,
  },
  ApplyGuardrail: { handling: "passed-through", because: "a guardrail belongs to its Region", carriesContent: true },
  InvokeGuardrailChecks: {
    handling: "passed-through",
    because: "a guardrail belongs to its Region",
    carriesContent: true,
  },
});

/** What it does with its content cannot be told, but where its `modelId` would run it can. */
const UNKNOWN: Operation = Object.freeze({
  handling: "home-region",
  because: "the operation is newer than this library",
});

/** The operation of a command. */
export function operationOf(command: object): Operation {
  // A caller's own class may extend a command of the SDK.
  for (let type: unknown = command.constructor; typeof type === "function"; type = Object.getPrototypeOf(type)) {
    const known = byConstructor().get(type);
    if (known !== undefined) return known;
  }
  // A command of another copy of the SDK: its class differs and, in a bundle, the name of it; its schema does not.
  const { schema } = command as { readonly schema?: readonly unknown[] };
  const name = typeof schema?.[2] === "string" ? schema[2] : command.constructor.name.replace(/Command$/, "");
  return Object.hasOwn(OPERATIONS, name) ? (OPERATIONS[name] ?? UNKNOWN) : UNKNOWN;
}

let constructors: Map<unknown, Operation> | undefined;

/** By class and not by name, because bundlers rename classes. Older SDKs lack some of the commands. */
function byConstructor(): Map<unknown, Operation> {
  const commands = runtime as unknown as Readonly<Record<string, unknown>>;
  constructors ??= new Map(
    Object.entries(OPERATIONS).flatMap(([name, operation]) => {
      const command = commands[`${name}Command`];
      return command === undefined ? [] : [[command, operation] as const];
    }),
  );
  return constructors;
}
