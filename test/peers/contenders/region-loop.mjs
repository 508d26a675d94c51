import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { bedrockClient, converse } from "./converse.mjs";

const ATTEMPTS = 5;
const ATTEMPTS_PER_REGION = 2;

/** One profile id in one Region after the other: whatever goes wrong, the next attempt follows at once. */
export function create({ targets, ...bedrock }) {
  const [{ modelId }] = targets;
  const regions = [...new Set(targets.map(({ region }) => region))];
  const clients = regions.map((region) => bedrockClient(BedrockRuntimeClient, { ...bedrock, region, maxAttempts: 1 }));
  const order = clients.flatMap((client) => Array(ATTEMPTS_PER_REGION).fill(client)).slice(0, ATTEMPTS);
  return {
    async *ask(prompt, signal) {
      let failure;
      for (const client of order) {
        signal.throwIfAborted();
        const pieces = converse(client, modelId, prompt, signal);
        let opening;
        try {
          // Before the first piece another attempt can take over; after it, it would repeat what was said.
          opening = await pieces.next();
        } catch (error) {
          failure = error;
          continue;
        }
        if (!opening.done) yield opening.value;
        yield* pieces;
        return;
      }
      throw failure;
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}
