import type { Exchange } from "../util/exchange.ts";
import { bodyError } from "./body-error.ts";
import type { RawResponse } from "./fault-response.ts";
import type { Api } from "./operations.ts";
import type { Refusal } from "./refusal.ts";

/** Sends an error as the restJson1 protocol has it, or as the APIs of OpenAI and Anthropic do. */
export function respondRefusal(exchange: Exchange, refusal: Refusal, requestId: string, api: Api = "aws"): void {
  if (api !== "aws") {
    const headers = { "content-type": "application/json", "x-amzn-requestid": requestId, ...refusal.headers };
    const { status, ...error } = bodyError(refusal, api);
    exchange.respond(status, headers, JSON.stringify(error));
    return;
  }
  const { name, message, messageField = "message", headers = {} } = refusal;
  const body =
    name === "UnknownOperationException" ? { __type: `com.amazon.coral.service#${name}` } : { [messageField]: message };
  exchange.respond(
    refusal.status,
    {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      ...(name === undefined ? {} : { "x-amzn-errortype": `${name}${errorTypeNamespace}` }),
      ...headers,
    },
    JSON.stringify(body),
  );
}

/** Sends an answer that is none of the protocol's. */
export function respondRaw(exchange: Exchange, response: RawResponse, requestId: string): void {
  exchange.respond(response.status, { "x-amzn-requestid": requestId, ...response.headers }, response.body);
}

/** Clients must cut the name at the colon, as AWS sends it. */
const errorTypeNamespace = ":http://internal.amazon.com/coral/com.amazon.bedrock/";
