import { setTimeout as pause } from "node:timers/promises";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { bedrockClient, converse } from "./converse.mjs";

const RETRIES = 30;
const PAUSE_MS = 5_000;

/** The home Region with the SDK's retries; another Region when throttled; a long pause; and again. */
export function create({ targets, ...bedrock }) {
  const [{ modelId, region: home }] = targets;
  const other = targets.find(({ region }) => region !== home)?.region;
  const client = (region) => bedrockClient(BedrockRuntimeClient, { ...bedrock, region });
  const clients = { home: client(home), other: client(other) };
  return {
    async *ask(prompt, signal) {
      for (let retry = 0; ; retry += 1) {
        let pieces = converse(clients.home, modelId, prompt, signal);
        let opening;
        try {
          opening = await pieces.next();
        } catch (error) {
          const throttled = error.name === "ThrottlingException";
          if ((!throttled && error.name !== "ServiceUnavailableException") || retry >= RETRIES) throw error;
          if (throttled) {
            pieces = converse(clients.other, modelId, prompt, signal);
            opening = await pieces.next().catch(() => undefined);
          }
        }
        if (opening !== undefined) {
          if (!opening.done) yield opening.value;
          yield* pieces;
          return;
        }
        await pause(PAUSE_MS, undefined, { signal });
      }
    },
    close() {
      for (const each of Object.values(clients)) each.destroy();
    },
  };
}
