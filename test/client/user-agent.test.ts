import { describe, expect, it } from "vitest";
import { withUserAgent } from "../../src/client/user-agent.ts";

const own = ["lib/bedrock-routed-client", "1.2.3"];

describe("the user agent", () => {
  it.each([
    ["nothing", undefined, [own]],
    ["a string", "my-app/7", [["my-app/7"], own]],
    ["pairs", [["my-app", "7"], ["md/x"]], [["my-app", "7"], ["md/x"], own]],
    ["an empty list", [], [own]],
  ])("adds this library after %s", (_title, callers, expected) => {
    expect(withUserAgent(callers as never, "1.2.3")).toEqual(expected);
  });

  it("does not touch the caller's list", () => {
    const callers: [string, string][] = [["my-app", "7"]];
    withUserAgent(callers, "1.2.3");
    expect(callers).toEqual([["my-app", "7"]]);
  });
});
