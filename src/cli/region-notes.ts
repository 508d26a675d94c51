import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { controlPlaneConfig } from "./lifecycle-notes.ts";

/**
 * What the account has set otherwise in one source Region than in another, as far as it changes what becomes of a
 * prompt: how long it is kept, and which guardrails it goes through. Never rejects.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetAccountDataRetention.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListEnforcedGuardrailsConfiguration.html
 */
export async function regionNotes(
  regions: readonly string[],
  plainConfig: (region: string) => BedrockRuntimeClientConfig,
): Promise<readonly string[]> {
  const sdk = regions.length < 2 ? undefined : await import("@aws-sdk/client-bedrock").catch(() => undefined);
  // That the package is missing is said of the lifecycle already.
  if (sdk === undefined) return [];
  const { BedrockClient, GetAccountDataRetentionCommand, ListEnforcedGuardrailsConfigurationCommand } = sdk;
  const clients = regions.map((region) => new BedrockClient(controlPlaneConfig(plainConfig(region))));
  const compare = (setting: Setting, ask: (client: InstanceType<typeof BedrockClient>) => Promise<string>) =>
    Promise.allSettled(clients.map(ask)).then((answers) => differences(setting, regions, answers));
  try {
    const notes = await Promise.all([
      // SDKs before mid-2026 lack these commands.
      GetAccountDataRetentionCommand === undefined
        ? [RETENTION.unknown]
        : compare(RETENTION, async (client) => `${(await client.send(new GetAccountDataRetentionCommand({}))).mode}`),
      ListEnforcedGuardrailsConfigurationCommand === undefined
        ? [ENFORCED.unknown]
        : compare(ENFORCED, async (client) => {
            const { guardrailsConfig } = await client.send(new ListEnforcedGuardrailsConfigurationCommand({}));
            const names = (guardrailsConfig ?? []).map(
              ({ guardrailId, guardrailVersion }) => `${guardrailId} version ${guardrailVersion}`,
            );
            return names.sort().join(", ") || "none";
          }),
    ]);
    return notes.flat();
  } finally {
    for (const client of clients) client.destroy();
  }
}

/** Something that is set for each Region. */
interface Setting {
  readonly name: string;
  readonly operation: string;
  readonly unknown: string;
}

function setting(name: string, operation: string): Setting {
  const unknown = `${name} was not compared: the installed @aws-sdk/client-bedrock does not know ${operation}.`;
  return { name, operation, unknown };
}

const RETENTION = setting("Data retention", "GetAccountDataRetention");
const ENFORCED = setting("What guardrails are enforced", "ListEnforcedGuardrailsConfiguration");

function differences(
  { name, operation }: Setting,
  regions: readonly string[],
  answers: readonly PromiseSettledResult<string>[],
): readonly string[] {
  const told = answers.map((answer, index) => ({ answer, region: regions[index] ?? "" }));
  const failed = told.flatMap(({ answer, region }) =>
    answer.status === "rejected"
      ? [`${name} was not compared in ${region}: ${operation} answered ${nameOf(answer.reason)}.`]
      : [],
  );
  const values = told.flatMap(({ answer, region }) =>
    answer.status === "fulfilled" ? [{ value: answer.value, region }] : [],
  );
  if (new Set(values.map(({ value }) => value)).size < 2) return failed;
  return [`${name} differs: ${values.map(({ value, region }) => `${value} in ${region}`).join("; ")}.`, ...failed];
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
