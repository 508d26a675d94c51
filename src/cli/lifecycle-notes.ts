import type { BedrockClientConfig } from "@aws-sdk/client-bedrock";
import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { Route } from "../types/route.ts";

/**
 * What the control plane says about the models of some routes beside what a request shows: a model on its way out, or why
 * that was not checked. Never rejects.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
 */
export async function lifecycleNotes(
  routes: readonly Route[],
  plainConfig: (region: string) => BedrockRuntimeClientConfig,
): Promise<readonly string[]> {
  const sdk = await import("@aws-sdk/client-bedrock").catch(() => undefined);
  if (sdk === undefined) {
    return [
      "The lifecycle of the models was not checked: the optional package @aws-sdk/client-bedrock is not installed.",
    ];
  }
  const subjects = new Map(
    routes
      .filter(({ model }) => !model.startsWith("arn:"))
      .map(({ model, sourceRegion }) => [`${sourceRegion}|${model}`, { model, sourceRegion }]),
  );
  const notes = await Promise.all(
    [...subjects.values()].map(async ({ model, sourceRegion }) => {
      const client = new sdk.BedrockClient(controlPlaneConfig(plainConfig(sourceRegion)));
      try {
        const { modelDetails } = await client.send(new sdk.GetFoundationModelCommand({ modelIdentifier: model }));
        const { status = "ACTIVE", endOfLifeTime } = modelDetails?.modelLifecycle ?? {};
        const ends = endOfLifeTime === undefined ? "" : `, with its end of life on ${dayOf(endOfLifeTime)}`;
        return status === "ACTIVE" && ends === ""
          ? []
          : [`${model} in ${sourceRegion} is ${status}${ends}: plan to replace it.`];
      } catch (error) {
        const name = error instanceof Error ? error.name : String(error);
        return [`The lifecycle of ${model} in ${sourceRegion} was not checked: GetFoundationModel answered ${name}.`];
      } finally {
        client.destroy();
      }
    }),
  );
  return notes.flat();
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** What of a config for the runtime the control plane takes, too. */
export function controlPlaneConfig({ region, endpoint, credentials }: BedrockRuntimeClientConfig): BedrockClientConfig {
  return {
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
