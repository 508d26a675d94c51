/** How the results of a lab name their format: `results.json` is written by the command, and read as priors. */
export const LAB_SCHEMA = "bedrock-routed-client/lab";
export const LAB_VERSION = 1;
