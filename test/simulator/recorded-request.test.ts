import { describe, expect, it } from "vitest";
import { Journal } from "../../src/simulator/journal.ts";
import { matchesRequest, type RecordedRequest } from "../../src/simulator/recorded-request.ts";

const { request } = new Journal(1).record({
  operation: "Converse",
  sourceRegion: "us-east-1",
  modelId: "us.vendor.model",
  model: "vendor.model",
  kind: "geographic",
  method: "POST",
  path: "/",
  headers: {},
  body: { a: 1 },
  httpVersion: "2",
  authentication: "signature",
  receivedAt: 0,
});

describe("matching a request", () => {
  it("wants every given field to agree", () => {
    expect(matchesRequest(request, {})).toBe(true);
    expect(matchesRequest(request, { operation: "Converse", sourceRegion: "us-east-1", kind: "geographic" })).toBe(
      true,
    );
    expect(matchesRequest(request, { operation: "Converse", sourceRegion: "us-west-2" })).toBe(false);
    expect(matchesRequest(request, { modelId: "vendor.model" })).toBe(false);
    expect(matchesRequest(request, { model: "vendor.model" })).toBe(true);
  });

  it("asks a function for anything else", () => {
    const where = ({ body }: RecordedRequest): boolean => (body as { a: number }).a === 1;
    expect(matchesRequest(request, { where })).toBe(true);
    expect(matchesRequest(request, { where: () => false })).toBe(false);
    expect(matchesRequest(request, { sourceRegion: "us-west-2", where })).toBe(false);
  });
});
