import { isRegionName } from "./regions.ts";

/**
 * The Region that the host of an AWS endpoint for Bedrock names: public, FIPS, dual stack, or of a VPC endpoint, in any
 * partition. `undefined` for every other host, such as a proxy's: where that sends a request is the caller's affair.
 * @see https://docs.aws.amazon.com/general/latest/gr/bedrock.html
 */
export function endpointRegion(host: string): string | undefined {
  const region = AWS_HOST.exec(host)?.[1];
  return region !== undefined && isRegionName(region) ? region : undefined;
}

// The suffixes of the SDK's table of partitions; a VPC endpoint's own name may stand in front.
const AWS_HOST =
  /^(?:[^.]+\.)?bedrock[a-z-]*\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws(?:\.scloud|(?:\.hci)?\.ic\.gov)?|api\.amazonwebservices\.(?:com\.cn|eu)|(?:c2s|csp\.hci)\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|api\.cloud-aws\.adc-e\.uk)$/;
