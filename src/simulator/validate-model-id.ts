import { type Refusal, refuse } from "./refusal.ts";

/**
 * Refuses a `modelId` that breaks the constraints of the service model, before anyone asks whether it exists.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function validateModelId(modelId: string): Refusal | undefined {
  if (modelId.length > longest) {
    return refuse.constraints([
      `Value '${modelId}' at 'modelId' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    ]);
  }
  if (wholePattern.test(modelId)) return undefined;
  return refuse.constraints([
    `Value '${modelId}' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
  ]);
}

const longest = 2048;

/** As the API reference prints it: AWS repeats it in the message. */
const pattern =
  "(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:(([0-9]{12}:custom-model/[a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}/[a-z0-9]{12})|(:foundation-model/[a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|([0-9]{12}:imported-model/[a-z0-9]{12})|([0-9]{12}:provisioned-model/[a-z0-9]{12})|([0-9]{12}:custom-model-deployment/[a-z0-9]{12})|([0-9]{12}:(inference-profile|application-inference-profile)/[a-zA-Z0-9-:.]+)))|([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|(([0-9a-zA-Z][_-]?)+)|([a-zA-Z0-9-:.]+)|(^(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:prompt/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?))$|(^arn:aws:sagemaker:[a-z0-9-]+:[0-9]{12}:endpoint/[a-zA-Z0-9-]+$)|(^arn:aws(-[^:]+)?:bedrock:([0-9a-z-]{1,20}):([0-9]{12}):(default-)?prompt-router/[a-zA-Z0-9-:.]+$)";

const wholePattern = new RegExp(`^(?:${pattern})$`);
