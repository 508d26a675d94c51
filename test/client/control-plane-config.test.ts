import { BedrockClient, ListFoundationModelsCommand } from "@aws-sdk/client-bedrock";
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it } from "vitest";
import { controlPlaneConfig, type PlaneEndpoints } from "../../src/client/control-plane-config.ts";
import { CREDENTIALS } from "../support/requests.ts";
import { type StubbedRequest, StubHandler } from "../support/stub-handler.ts";

const NONE: PlaneEndpoints = { dataPlane: {}, controlPlane: {} };

describe("the control plane of a source Region", () => {
  it("is called at AWS, signed for that Region with the caller's credentials", async () => {
    const request = await requestOf({});
    expect(request.origin).toBe("https://bedrock.eu-west-1.amazonaws.com");
    expect(request.signedFor).toBe("eu-west-1");
    expect(request.headers.authorization).toContain(CREDENTIALS.accessKeyId);
  });

  it("follows the caller's FIPS and dual-stack flags", async () => {
    const fips = await requestOf({ useFipsEndpoint: true, region: "us-east-1" }, NONE, "us-west-2");
    expect(fips.origin).toBe("https://bedrock-fips.us-west-2.amazonaws.com");
    const gov = await requestOf({ region: "us-gov-west-1" }, NONE, "us-gov-west-1");
    expect(gov.origin).toBe("https://bedrock.us-gov-west-1.amazonaws.com");
  });

  it("does not take over the endpoint of the data plane, which is another service", async () => {
    const endpoint = "https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com";
    expect((await requestOf({ endpoint })).origin).toBe("https://bedrock.eu-west-1.amazonaws.com");
    const dataPlane = { "eu-west-1": endpoint };
    expect((await requestOf({}, { ...NONE, dataPlane })).origin).toBe("https://bedrock.eu-west-1.amazonaws.com");
  });

  it.each<[string, NonNullable<BedrockRuntimeClientConfig["endpoint"]>]>([
    ["text", "http://127.0.0.1:8080/base"],
    ["a function", async () => ({ url: new URL("http://127.0.0.1:8080/base") })],
    ["parts", { protocol: "http:", hostname: "127.0.0.1", port: 8080, path: "/base" }],
    ["a resolved endpoint", { url: new URL("http://127.0.0.1:8080/base") }],
  ])("takes over one on loopback, where simulators serve both: %s", async (_form, endpoint) => {
    const { origin, path } = await requestOf({ endpoint });
    expect(origin).toBe("http://127.0.0.1:8080");
    expect(path).toBe("/base/foundation-models");
  });

  it("knows loopback by any name", async () => {
    for (const endpoint of ["http://localhost:1", "http://bedrock.localhost:1", "http://[::1]:1"]) {
      expect((await requestOf({ endpoint })).origin).toBe(endpoint);
    }
    for (const endpoint of ["http://localhost.example.com:1", "http://10.0.0.1:1"]) {
      expect((await requestOf({ endpoint })).origin).toBe("https://bedrock.eu-west-1.amazonaws.com");
    }
  });

  it("is called where the caller says, for that Region alone", async () => {
    const endpoints = { dataPlane: {}, controlPlane: { "eu-west-1": "https://vpce-2.bedrock.example" } };
    expect((await requestOf({}, endpoints)).origin).toBe("https://vpce-2.bedrock.example");
    expect((await requestOf({}, endpoints, "eu-north-1")).origin).toBe("https://bedrock.eu-north-1.amazonaws.com");
  });

  it("is called with the caller's API key when the data plane is", async () => {
    const request = await requestOf({ token: { token: "key-1" }, authSchemePreference: ["httpBearerAuth"] });
    expect(request.headers.authorization).toBe("Bearer key-1");
  });

  it("shares a request handler of the caller's own, unless that speaks HTTP/2 alone", async () => {
    const http1 = new NodeHttpHandler();
    const http2 = new StubHandler();
    expect((await configOf({ requestHandler: http1 })).requestHandler).toBe(http1);
    expect((await configOf({ requestHandler: http2 })).requestHandler).toBeUndefined();
    expect((await configOf({ requestHandler: { requestTimeout: 5 } })).requestHandler).toBeUndefined();
  });
});

async function configOf(
  config: BedrockRuntimeClientConfig,
  endpoints: PlaneEndpoints = NONE,
  region = "eu-west-1",
): ReturnType<typeof controlPlaneConfig> {
  const full = { region: "eu-central-1", credentials: CREDENTIALS, ...config };
  const parent = new BedrockRuntimeClient(full);
  return controlPlaneConfig(region, parent, full, endpoints);
}

/** What a client with that config would send. */
async function requestOf(
  config: BedrockRuntimeClientConfig,
  endpoints: PlaneEndpoints = NONE,
  region = "eu-west-1",
): Promise<StubbedRequest> {
  const handler = new StubHandler(() => ({ body: { modelSummaries: [] } }));
  const client = new BedrockClient({ ...(await configOf(config, endpoints, region)), requestHandler: handler });
  await client.send(new ListFoundationModelsCommand({}));
  return handler.requests[0]!;
}
