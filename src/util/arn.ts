/** What an ARN names, without the account: `application-inference-profile/abc`. Anything else stays as it is. */
export function withoutAccount(modelId: string): string {
  // arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc
  return modelId.startsWith("arn:") ? modelId.split(":").slice(5).join(":") : modelId;
}
