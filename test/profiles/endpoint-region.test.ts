import { describe, expect, it } from "vitest";
import { endpointRegion } from "../../src/profiles/endpoint-region.ts";

describe("endpointRegion", () => {
  it.each([
    ["bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"],
    ["bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
    ["bedrock-runtime.eu-central-1.api.aws", "eu-central-1"],
    ["vpce-0a1b-2c3d.bedrock-runtime.eu-west-1.vpce.amazonaws.com", "eu-west-1"],
    ["vpce-0a1b-2c3d-eu-west-1a.bedrock-runtime.eu-west-1.vpce.amazonaws.com", "eu-west-1"],
    ["bedrock.eu-west-3.amazonaws.com", "eu-west-3"],
    ["bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["bedrock-runtime.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1"],
    ["bedrock-runtime.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"],
    ["bedrock-runtime.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"],
    ["bedrock-runtime.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"],
    ["bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"],
    ["bedrock-runtime.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"],
    ["bedrock-runtime.us-east-1.corp.example", undefined],
    ["bedrock-runtime.us-east-1.amazonaws.com.example", undefined],
    ["bedrock-runtime.frankfurt.amazonaws.com", undefined],
    ["s3.us-east-1.amazonaws.com", undefined],
    ["localhost", undefined],
  ])("%s stands in %s", (host, region) => {
    expect(endpointRegion(host)).toBe(region);
  });
});
