// Tells the CPU time of the first error that a process classifies, and of later ones, in microseconds.
import { pathToFileURL } from "node:url";
import { cpuOf } from "./client.mjs";

const { file, kind } = JSON.parse(process.argv[2]);
const { classify } = await import(pathToFileURL(file).href);
const response = (name, httpStatusCode, message) => () =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const make = {
  throttle: response("ThrottlingException", 429, "Too many tokens, please wait before trying again."),
  route: response("ValidationException", 400, "The provided model identifier is invalid."),
  request: response(
    "ValidationException",
    400,
    "The model returned the following errors: messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: tooluse_bvAnQEa1QpSOhcoD0B_mDA. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  ),
  connection: () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
}[kind];
const LATER = 5_000;
const errors = Array.from({ length: LATER + 1_000 }, make);
const first = errors.pop();
const firstUs = await cpuOf(() => classify(first, { aborted: false, met: "first" }));
for (const error of errors.splice(0, 999)) classify(error, { aborted: false, met: "away" });
const laterUs = await cpuOf(() => {
  for (const error of errors) classify(error, { aborted: false, met: "away" });
});
process.send({ firstUs, laterUs: laterUs / errors.length });
process.disconnect();
