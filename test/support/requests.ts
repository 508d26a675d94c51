import { ConverseCommand, type Message } from "@aws-sdk/client-bedrock-runtime";

/** A model that the profile table lists with geographic profiles and a global one, and in no Region by itself. */
export const SONNET: string = "anthropic.claude-sonnet-4-6";
/** Its profile for Europe: the only route from eu-central-1 for whoever names it. */
export const EU_SONNET: string = `eu.${SONNET}`;
export const GLOBAL_SONNET: string = `global.${SONNET}`;

export const CREDENTIALS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" } as const;

export const HELLO: Message[] = [{ role: "user", content: [{ text: "Hello" }] }];

export function converseCommand(modelId: string = SONNET): ConverseCommand {
  return new ConverseCommand({ modelId, messages: HELLO });
}
