import { Logger } from "@aws-lambda-powertools/logger";
import type { RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { logRouting } from "bedrock-routed-client/log";
import { type Logger as PinoLogger, pino } from "pino";

/** pino takes the fields first. */
export function logWithPino(client: RoutedBedrockRuntimeClient, logger: PinoLogger = pino()): void {
  logRouting(client, ({ level, message, fields }) => logger[level](fields, message));
}

/** The logger of Powertools for AWS Lambda takes the message first. */
export function logWithPowertools(client: RoutedBedrockRuntimeClient, logger: Logger = new Logger()): void {
  logRouting(client, ({ level, message, fields }) => logger[level](message, fields));
}
