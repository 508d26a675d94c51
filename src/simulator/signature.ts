import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What the `Authorization` header of a SigV4 request claims. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** `yyyymmdd` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they were on the wire. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const algorithm = "AWS4-HMAC-SHA256";

/** Reads the claim, or nothing when the header is not a complete SigV4 header. */
export function readSignatureClaim(authorization: string): SignatureClaim | undefined {
  if (!authorization.startsWith(`${algorithm} `)) return undefined;
  const fields = new Map<string, string>();
  for (const field of authorization.slice(algorithm.length).split(",")) {
    const equals = field.indexOf("=");
    fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim());
  }
  const scope = fields.get("Credential")?.split("/") ?? [];
  const signature = fields.get("Signature");
  const signedHeaders = fields.get("SignedHeaders");
  const [accessKeyId, date, region, service, terminator] = scope;
  if (!accessKeyId || !date || !region || !service || terminator !== "aws4_request") return undefined;
  if (signature === undefined || signedHeaders === undefined) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(";"), signature };
}

/**
 * Whether the request was signed with `secretAccessKey` as it stands. A path is accepted in the two forms in which
 * clients sign it: escaped again as it was sent, or brought to the canonical form first.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(request: SignedRequest, claim: SignatureClaim, secretAccessKey: string): boolean {
  const key = ["aws4_request", claim.service, claim.region, claim.date].reduceRight<Buffer | string>(
    (derived, part) => hmac(derived, part),
    `AWS4${secretAccessKey}`,
  );
  return canonicalPaths(request.path).some((path) => {
    const expected = hmac(key, stringToSign(request, claim, path));
    const received = Buffer.from(claim.signature, "hex");
    return received.length === expected.length && timingSafeEqual(received, expected);
  });
}

function stringToSign(request: SignedRequest, claim: SignatureClaim, path: string): string {
  const canonicalRequest = [
    request.method,
    path,
    canonicalQuery(request.path),
    ...claim.signedHeaders.map((name) => `${name}:${canonicalHeaderValue(request.headers[name])}`),
    "",
    claim.signedHeaders.join(";"),
    payloadHash(request),
  ].join("\n");
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  return [algorithm, request.headers["x-amz-date"] ?? "", scope, sha256(canonicalRequest)].join("\n");
}

/** The hash is that of the body that arrived, not the one that the caller states: a body changed on the way must fail. */
function payloadHash(request: SignedRequest): string {
  return request.headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD" ? "UNSIGNED-PAYLOAD" : sha256(request.body);
}

function canonicalPaths(path: string): readonly string[] {
  const sent = path.split("?", 1)[0] || "/";
  const asSent = sent.split("/").map(escapeUri).join("/");
  const normalised = sent
    .split("/")
    .map((segment) => escapeUri(escapeUri(decodeLeniently(segment))))
    .join("/");
  return asSent === normalised ? [asSent] : [asSent, normalised];
}

function canonicalQuery(path: string): string {
  const query = path.split("?")[1];
  if (!query) return "";
  return query
    .split("&")
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [escapeUri(decodeLeniently(name)), escapeUri(decodeLeniently(value))] as const;
    })
    .sort(byCodePoint)
    .map((pair) => pair.join("="))
    .join("&");
}

/** By name, then value: as one text, `=` would sort after the `%` of a longer name. */
function byCodePoint(
  [name, value]: readonly [string, string],
  [otherName, otherValue]: readonly [string, string],
): number {
  if (name !== otherName) return name < otherName ? -1 : 1;
  return value < otherValue ? -1 : 1;
}

function canonicalHeaderValue(value: string | undefined): string {
  return (value ?? "").trim().replace(/ +/g, " ");
}

function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
