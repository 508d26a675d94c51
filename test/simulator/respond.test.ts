import { describe, expect, it } from "vitest";
import { refuse } from "../../src/simulator/refusal.ts";
import { respondRaw, respondRefusal } from "../../src/simulator/respond.ts";
import type { Exchange } from "../../src/util/exchange.ts";

describe("an error of restJson1", () => {
  it("has its name in a header, with AWS's suffix, and its message in the body", () => {
    expect(sent((exchange) => respondRefusal(exchange, refuse.throttled("tokens"), "id-1"))).toEqual([
      429,
      {
        "content-type": "application/json",
        "x-amzn-requestid": "id-1",
        "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/",
      },
      '{"message":"Too many tokens, please wait before trying again."}',
    ]);
  });

  it("has no name and a capital Message when the front door sends it", () => {
    const [status, headers, body] = sent((exchange) => respondRefusal(exchange, refuse.invalidApiKey(), "id-1"));
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("x-amzn-errortype");
    expect(body).toBe('{"Message":"Authentication failed: Please make sure your API Key is valid."}');
  });

  it("has neither for an operation that does not exist", () => {
    const [status, , body] = sent((exchange) => respondRefusal(exchange, refuse.unknownOperation(), "id-1"));
    expect([status, body]).toEqual([404, '{"__type":"com.amazon.coral.service#UnknownOperationException"}']);
  });
});

describe("an answer of one's own", () => {
  it("is sent as it is", () => {
    const raw = { raw: true, status: 302, headers: { location: "/" }, body: "x" } as const;
    expect(sent((exchange) => respondRaw(exchange, raw, "id-1"))).toEqual([
      302,
      { "x-amzn-requestid": "id-1", location: "/" },
      "x",
    ]);
  });
});

function sent(send: (exchange: Exchange) => void): readonly unknown[] {
  let call: readonly unknown[] = [];
  const respond: Exchange["respond"] = (...given) => {
    call = given;
  };
  send({ respond } as Exchange);
  return call;
}
