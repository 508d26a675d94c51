import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSignatureClaim, type SignedRequest, verifySignature } from "../../src/simulator/signature.ts";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

describe("reading the Authorization header", () => {
  it("finds the key, the scope, the signed headers and the signature", () => {
    const header =
      "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=00ff";
    expect(readSignatureClaim(header)).toEqual({
      accessKeyId: "AKID",
      date: "20260101",
      region: "eu-west-1",
      service: "bedrock",
      signedHeaders: ["host", "x-amz-date"],
      signature: "00ff",
    });
  });

  it.each([
    "",
    "Bearer abc",
    "AWS4-HMAC-SHA256 nonsense",
    "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/bedrock, SignedHeaders=host, Signature=00",
    "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/bedrock/aws4_request, Signature=00",
    "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/bedrock/aws4_request, SignedHeaders=host",
    "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/bedrock/aws4_request, SignedHeaders=host, Signature=00",
  ])("finds nothing in %j", (header) => {
    expect(readSignatureClaim(header)).toBeUndefined();
  });
});

describe("verifying a signature", () => {
  it("agrees with AWS's own signer on any path, query, header and body", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (unsigned) => {
        const request = await signed(unsigned);
        expect(verify(request)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("rejects a request that was changed after it was signed", async () => {
    const request = await signed({ segments: ["model", "a:0", "converse"], query: {}, header: "1", body: "{}" });
    const tampered: readonly Partial<SignedRequest>[] = [
      { method: "PUT" },
      { path: "/model/b%3A0/converse" },
      { path: `${request.path}?x=1` },
      { body: Buffer.from("{ }") },
      { headers: { ...request.headers, "x-custom": "2" } },
      { headers: { ...request.headers, "x-amz-date": "20260101T000001Z" } },
    ];
    expect(verify(request)).toBe(true);
    for (const change of tampered) expect(verify({ ...request, ...change })).toBe(false);
  });

  it("rejects a signature made with another secret key", async () => {
    const request = await signed({ segments: ["model"], query: {}, header: "1", body: "{}" });
    const claim = readSignatureClaim(request.headers.authorization ?? "");
    expect(verifySignature(request, claim!, "another key")).toBe(false);
  });

  it("accepts a path that was signed in canonical form and sent with a bare colon", () => {
    const path = "/model/anthropic.claude-3-haiku-20240307-v1:0/converse";
    const canonicalPath = "/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse";
    const request = signedByHand(path, canonicalPath);
    expect(verify(request)).toBe(true);
  });

  it("does not hash a body that is declared unsigned", () => {
    const request = signedByHand("/model/x/converse", "/model/x/converse", "UNSIGNED-PAYLOAD");
    expect(verify({ ...request, body: Buffer.from("anything") })).toBe(true);
  });
});

interface Unsigned {
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly header: string;
  readonly body: string;
}

const segment = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== "." && text !== "..");
const requests: fc.Arbitrary<Unsigned> = fc.record({
  segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
  query: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 12 }), { maxKeys: 3 }),
  header: fc.stringMatching(/^[!-~]( {0,3}[!-~]){0,10}$/),
  body: fc.string(),
});

async function signed({ segments, query, header, body }: Unsigned): Promise<SignedRequest> {
  const path = `/${segments.map(escapeUri).join("/")}`;
  const signer = new SignatureV4({
    credentials: { accessKeyId: "AKID", secretAccessKey },
    region: "eu-central-1",
    service: "bedrock",
    sha256: Sha256,
  });
  const { headers } = await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      path,
      query,
      headers: { host: "127.0.0.1", "x-custom": header },
      body,
    },
    { signingDate: new Date("2026-01-01T00:00:00Z") },
  );
  const search = Object.entries(query).map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`);
  return {
    method: "POST",
    path: search.length === 0 ? path : `${path}?${search.join("&")}`,
    headers,
    body: Buffer.from(body),
  };
}

function signedByHand(path: string, canonicalPath: string, payload?: string): SignedRequest {
  const date = "20260101T000000Z";
  const body = Buffer.from("{}");
  const hash = payload ?? createHash("sha256").update(body).digest("hex");
  const headers: Record<string, string> = {
    host: "127.0.0.1",
    "x-amz-date": date,
    ...(payload === undefined ? {} : { "x-amz-content-sha256": payload }),
  };
  const canonical = ["POST", canonicalPath, "", "host:127.0.0.1", `x-amz-date:${date}`, "", "host;x-amz-date", hash];
  const scope = "20260101/eu-central-1/bedrock/aws4_request";
  const toSign = ["AWS4-HMAC-SHA256", date, scope, createHash("sha256").update(canonical.join("\n")).digest("hex")];
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(toSign.join("\n")).digest("hex");
  headers.authorization = `AWS4-HMAC-SHA256 Credential=AKID/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  return { method: "POST", path, headers, body };
}

function verify(request: SignedRequest): boolean {
  const claim = readSignatureClaim(request.headers.authorization ?? "");
  return claim !== undefined && verifySignature(request, claim, secretAccessKey);
}

function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array | string);
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}
