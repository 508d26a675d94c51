import { parseModelRef } from "../profiles/model-ref.ts";
import { asString, type Json, member } from "./json.ts";
import { isSourceRegion, type ModelWorld } from "./model-target.ts";
import { conversePrompt, invokePrompt } from "./prompt.ts";
import { type Refusal, refuse } from "./refusal.ts";

/**
 * The answer of CountTokens. It takes foundation-model ids only, even of models that can be invoked through inference
 * profiles only, and not every model counts.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
export function countTokens(modelId: string, region: string, body: Json, world: ModelWorld): object | Refusal {
  const ref = parseModelRef(modelId);
  const model = ref.kind === "foundation-model" ? ref.model : undefined;
  if (model !== undefined && !exists(model, region, world)) return refuse.invalidModelIdentifier();
  if (model === undefined || !countingModels.test(model)) {
    return refuse.validation("The provided model doesn't support counting tokens.");
  }
  const converse = member(body, "input", "converse");
  if (converse !== undefined) return { inputTokens: conversePrompt(converse).inputTokens };
  const encoded = asString(member(body, "input", "invokeModel", "body")) ?? "";
  return { inputTokens: invokePrompt(parse(Buffer.from(encoded, "base64").toString("utf8"))).inputTokens };
}

/** Claude from 3.5 to 4.6. */
const countingModels = /^anthropic\.claude-(?:3-[57]-|(?:sonnet|opus|haiku)-4(?:-[156])?(?:-|$))/;

function exists(model: string, region: string, { catalog }: ModelWorld): boolean {
  return (
    catalog.inRegionRegions(model).includes(region) ||
    catalog.profilesOf(model).some((profile) => isSourceRegion(profile, region))
  );
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
