/** The AWS account in an ARN: twelve digits, or `*` for whichever account the policy is attached in. */
export type Account = string;

/** The ARN of a foundation model. An empty Region is the model wherever a global profile runs it. */
export function modelArn(partition: string, region: string, model: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${model}`;
}

/** The ARN of a system-defined inference profile as one source Region has it. */
export function profileArn(partition: string, region: string, account: Account, profileId: string): string {
  return `arn:${partition}:bedrock:${region}:${account}:inference-profile/${profileId}`;
}
