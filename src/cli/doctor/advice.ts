import type { FailureFamily } from "../../failures/failure-family.ts";
import type { Route } from "../../types/route.ts";

/** Why a route was refused, and what to do about it: one sentence each. */
export interface Advice {
  readonly why: string;
  readonly cure: string;
}

/** The advice for a failure family, about one route. */
export function adviceFor(family: FailureFamily, { modelId, model, sourceRegion }: Route): Advice {
  const { why, cure } = ADVICE[family];
  const fill = (text: string): string =>
    text.replaceAll("{id}", modelId).replaceAll("{model}", model).replaceAll("{region}", sourceRegion);
  return { why: fill(why), cure: fill(cure) };
}

const LATER = "Nothing to set up: try again later; the routed client goes on to the next route meanwhile.";
const QUOTA = "Wait, spread the load over more source Regions, or ask for a higher quota in Service Quotas.";
const TABLE =
  "Take the route from `npx bedrock-routed-client plan`, and compare with `aws bedrock list-inference-profiles --region {region}`.";
const CONNECTION =
  "Check network, proxy, VPC endpoint and DNS between here and the Bedrock endpoint of {region}, then run it again.";

/** One entry a family: the compiler asks for the missing ones. */
const ADVICE: Readonly<Record<FailureFamily, Advice>> = {
  "tokens-per-day": {
    why: "The daily token quota of the account in {region} is used up, for all models.",
    cure: QUOTA,
  },
  "tokens-per-minute": { why: "The tokens-per-minute quota of this route is used up.", cure: QUOTA },
  "requests-per-minute": { why: "The requests-per-minute quota of this route is used up.", cure: QUOTA },
  "too-many-connections": { why: "Bedrock has too many connections for this model right now.", cure: LATER },
  "model-throttled": { why: "The model is being throttled by Bedrock, not by your quota.", cure: LATER },
  overloaded: { why: "The model is overloaded right now; it is not your quota.", cure: LATER },
  "service-quota": { why: "A service quota of the account is exceeded.", cure: QUOTA },
  "model-not-ready": { why: "The model is still being loaded.", cure: LATER },
  throttling: { why: "Bedrock throttles this route without saying which quota.", cure: QUOTA },

  "model-identifier-invalid": { why: "{id} does not exist, or cannot be called from {region}.", cure: TABLE },
  "model-not-in-region": { why: "The model is not offered in {region}.", cure: TABLE },
  "on-demand-unsupported": {
    why: "{region} serves this model through inference profiles only.",
    cure: "Call it by the bare model id through the routed client, or by the id of a profile that `npx bedrock-routed-client plan` lists.",
  },
  "end-of-life": {
    why: "AWS has withdrawn the model, or keeps it for those who used it recently.",
    cure: "Move to a successor: the model lifecycle page of the Bedrock user guide names one.",
  },
  "no-model-access": {
    why: "The account has no access to the model in {region}.",
    cure: "Grant model access in the Bedrock console of {region}; a model of a third party also needs its Marketplace agreement.",
  },
  "account-not-authorized": {
    why: "The account may not use Bedrock inference in {region}.",
    cure: "Open a support case with AWS for {region}; new accounts are often limited to few Regions.",
  },
  "model-not-for-account": {
    why: "AWS does not offer the model to this account, whichever profile is called.",
    cure: "Ask AWS or the vendor for access, or use another model.",
  },
  "operation-not-allowed": {
    why: 'Bedrock answers "Operation not allowed": the account, model access or a quota of 0; it does not say which.',
    cure: "Look for a quota of 0 in Service Quotas of {region}, then for model access, then open a support case.",
  },
  "explicit-deny": {
    why: "A policy keeps the caller from this route.",
    cure: "Compare the caller's policies with `npx bedrock-routed-client iam`, and those of the organisation with `npx bedrock-routed-client iam --scp`.",
  },
  "vpc-endpoint-deny": {
    why: "The policy of the VPC endpoint in {region} does not allow it.",
    cure: "Allow the action and the resources of `npx bedrock-routed-client iam` in the policy of that VPC endpoint.",
  },
  "region-not-enabled": {
    why: "The credentials are not known in {region}: the account has not opted in to it, or the API key belongs to another Region.",
    cure: "Enable {region} for the account, use an API key of that Region, or leave it out of the source Regions.",
  },
  "unknown-host": {
    why: "There is no Bedrock endpoint by that name in {region}.",
    cure: "Leave {region} out of the source Regions, or correct its endpoint or DNS.",
  },

  "service-unavailable": { why: "Bedrock is unavailable for this route right now.", cure: LATER },
  "internal-error": { why: "Bedrock failed inside.", cure: LATER },
  "model-error": {
    why: "The model stumbled over this one generation.",
    cure: "Run it again: nothing is wrong with the route.",
  },
  connection: { why: "The connection broke or could not be made.", cure: CONNECTION },
  "empty-stream": { why: "The stream ended before any content.", cure: LATER },
  "truncated-stream": { why: "The stream was cut off.", cure: CONNECTION },
  "unreadable-response": {
    why: "What answered does not speak Bedrock's protocol: a proxy, most likely.",
    cure: CONNECTION,
  },
  unknown: {
    why: "It failed in a way that is not in the failure table.",
    cure: "Read the message of the service; run it again.",
  },
  timeout: { why: "No answer came in time.", cure: CONNECTION },
  "model-timeout": { why: "The model took too long.", cure: LATER },

  request: {
    why: "The model does not take the doctor's tiny request.",
    cure: "Try the route with a request of your own, in the form that the model takes.",
  },
  "unsupported-feature": {
    why: "The model does not take Converse, so a one-token request cannot prove more.",
    cure: "Try the route with InvokeModel; embeddings and image models have no Converse.",
  },
  "invalid-beta-flag": {
    why: "A beta flag is not valid here, although the doctor sends none.",
    cure: "Look for middleware or a proxy that adds headers.",
  },
  credentials: {
    why: "AWS does not accept the credentials: missing, wrong or expired.",
    cure: "Sign in again, and check AWS_PROFILE, the access keys, or AWS_BEARER_TOKEN_BEDROCK.",
  },
  "account-gate": {
    why: "The account has yet to pass a gate of the vendor: Marketplace subscription, payment, use-case form or country.",
    cure: "Open the model in the Bedrock console with a user who may subscribe, and complete what it asks for.",
  },
  "access-denied": {
    why: "A policy keeps the caller from the action itself, or from a resource other than model and profile.",
    cure: "Read the action and the resource in the message, and allow them.",
  },
  proxy: {
    why: "The proxy on the way asks for a login.",
    cure: "Give the proxy's credentials to Node.js, or go around it.",
  },

  "regional-resource": {
    why: "It needs a resource that {region} does not have.",
    cure: "Create it in {region}, or leave that Region out of the source Regions.",
  },
  tls: {
    why: "Node.js does not trust the certificate that answered for {region}.",
    cure: "Add the certificate of your proxy with NODE_EXTRA_CA_CERTS, or correct the endpoint.",
  },
  cancelled: { why: "The attempt was cancelled.", cure: "Run it again." },
};
