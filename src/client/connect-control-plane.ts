import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { ControlPlane } from "./control-plane.ts";
import { controlPlaneConfig, type PlaneEndpoints } from "./control-plane-config.ts";

/** The control plane as the caller of a runtime client would call it. A file of its own, loaded when it is asked. */
export function connectControlPlane(
  parent: BedrockRuntimeClient,
  config: BedrockRuntimeClientConfig,
  endpoints: PlaneEndpoints,
): ControlPlane {
  return new ControlPlane((region) => controlPlaneConfig(region, parent, config, endpoints));
}
