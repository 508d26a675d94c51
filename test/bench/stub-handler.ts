import { Readable } from "node:stream";

/** An answer of Converse. */
export const BODY: Buffer = Buffer.from(
  JSON.stringify({
    output: {
      message: { role: "assistant", content: [{ text: "An inference profile names where inference may run." }] },
    },
    stopReason: "end_turn",
    usage: { inputTokens: 12, outputTokens: 9, totalTokens: 21 },
    metrics: { latencyMs: 5 },
  }),
);

/** A request handler that answers Converse in the process: what remains is the CPU that the client itself burns. */
export const stubHandler = {
  metadata: { handlerProtocol: "http/1.1" },
  async handle(): Promise<{ response: object }> {
    return {
      response: { statusCode: 200, headers: { "content-type": "application/json" }, body: Readable.from([BODY]) },
    };
  },
};
