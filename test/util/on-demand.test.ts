import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { onDemand } from "../../src/util/on-demand.ts";

const withLength = onDemand<"length", number>("length");

describe("a property on demand", () => {
  const made = Object.freeze(
    Object.assign(
      withLength({ text: "abc" }, () => 3),
      { last: true },
    ),
  );

  it("is like any other for whoever reads, copies or prints the object", () => {
    const plain = { text: "abc", length: 3, last: true };
    expect(made).toEqual(plain);
    expect({ ...made }).toStrictEqual(plain);
    expect(JSON.stringify(made)).toBe(JSON.stringify(plain));
    expect(structuredClone(made)).toStrictEqual(plain);
    expect(inspect(made)).not.toContain("Symbol");
  });

  it("is found through a proxy and by an heir", () => {
    expect(new Proxy(made, {}).length).toBe(3);
    expect((Object.create(made) as typeof made).length).toBe(3);
  });

  it("is computed for each object, when it is read", () => {
    let computed = 0;
    const [one, other] = [1, 2].map((length) =>
      withLength({}, () => {
        computed += 1;
        return length;
      }),
    );
    expect(computed).toBe(0);
    expect([one?.length, other?.length, computed]).toEqual([1, 2, 2]);
  });
});
