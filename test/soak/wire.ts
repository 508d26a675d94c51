/** Numbers the attempts, so that each can be found again at the other end. */
export const ATTEMPT_HEADER = "x-soak-attempt";
/** Marks a request whose caller has no timeout: whoever never answers it would stop the run. */
export const PATIENT_HEADER = "x-soak-patient";

export const HOME_REGION = "eu-central-1";
export const SOURCE_REGIONS: readonly string[] = ["eu-west-1", "us-east-1", "ap-northeast-1"];
export const MODEL = "anthropic.claude-sonnet-4-6";

/** What the model says to a prompt: another answer for each, so that a mix-up would show. */
export function answerTo(prompt: string): string {
  return `The answer to ${prompt} is in these few words, sent in several pieces, and ends here: ${prompt}.`;
}
