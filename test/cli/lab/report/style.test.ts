import { expect, it } from "vitest";
import { STYLE } from "../../../../src/cli/lab/report/style.ts";

it("defines every colour for light, dark and paper", () => {
  const used = new Set([...STYLE.matchAll(/var\((--[a-z-]+)\)/g)].map(([, name]) => name));
  for (const name of used)
    expect({ name, definitions: STYLE.split(`${name}:`).length - 1 }).toMatchObject({
      name,
      definitions: name === "--paper" ? 4 : 3,
    });
  expect(STYLE).not.toMatch(/@import|url\(/);
});
