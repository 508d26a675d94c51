import { partitionOf } from "../profiles/regions.ts";
import { resourceId } from "./model-target.ts";
import { type Refusal, refuse, simulatedAccountId } from "./refusal.ts";

/** A guardrail that the account owns. */
export interface Guardrail {
  readonly id: string;
  /** The Region that it was created in, the only one that it can be called in. */
  readonly sourceRegion: string;
  /** Its guardrail profile, e.g. `us.guardrail.v1:0`: then it is evaluated in other Regions as well. */
  readonly profileId?: string;
  /** Whether every inference of the account in that Region goes through it. */
  readonly enforced?: boolean;
}

/** What the account has configured, by Region. */
export interface Account {
  readonly guardrails: readonly Guardrail[];
  /** The data retention mode of each Region. `default` where none is given. */
  readonly dataRetention: Readonly<Record<string, string>>;
}

const CHANGED_AT = "2026-02-13T21:57:58Z";

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetGuardrail.html */
export function guardrailDetails(
  identifier: string,
  version: string | null,
  region: string,
  { guardrails }: Account,
): object | Refusal {
  const arnRegion = /^arn:[^:]+:bedrock:([^:]*):/.exec(identifier)?.[1] ?? region;
  const id = resourceId(identifier);
  const found = guardrails.find((guardrail) => guardrail.id === id && guardrail.sourceRegion === region);
  if (found === undefined || arnRegion !== region) {
    return refuse.resourceNotFound("The requested guardrail could not be found.");
  }
  const { profileId } = found;
  return {
    name: id,
    guardrailId: id,
    guardrailArn: arnOf(found),
    version: version ?? "DRAFT",
    status: "READY",
    createdAt: CHANGED_AT,
    updatedAt: CHANGED_AT,
    blockedInputMessaging: "-",
    blockedOutputsMessaging: "-",
    ...(profileId !== undefined && {
      crossRegionDetails: {
        guardrailProfileId: profileId,
        guardrailProfileArn: `arn:${partitionOf(region)}:bedrock:${region}:${simulatedAccountId}:guardrail-profile/${profileId}`,
      },
    }),
  };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListEnforcedGuardrailsConfiguration.html */
export function enforcedGuardrails(region: string, { guardrails }: Account): object {
  return {
    guardrailsConfig: guardrails
      .filter(({ sourceRegion, enforced }) => sourceRegion === region && enforced === true)
      .map((guardrail) => ({
        configId: guardrail.id,
        guardrailId: guardrail.id,
        guardrailArn: arnOf(guardrail),
        guardrailVersion: "1",
        createdAt: CHANGED_AT,
        updatedAt: CHANGED_AT,
      })),
  };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetAccountDataRetention.html */
export function dataRetention(region: string, account: Account): object {
  return { mode: account.dataRetention[region] ?? "default", updatedAt: CHANGED_AT };
}

function arnOf({ id, sourceRegion }: Guardrail): string {
  return `arn:${partitionOf(sourceRegion)}:bedrock:${sourceRegion}:${simulatedAccountId}:guardrail/${id}`;
}
