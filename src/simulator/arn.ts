import { regionInfo } from "../profiles/regions.ts";

/** The partition of a Region in ARNs: `aws`, or `aws-us-gov`. */
export function arnPartition(region: string): string {
  return regionInfo(region)?.partition ?? "aws";
}
