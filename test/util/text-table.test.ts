import { expect, it } from "vitest";
import { textTable } from "../../src/util/text-table.ts";

it("aligns words to the left and numbers to the right, in columns as wide as their widest cell", () => {
  const rows = [
    ["eu-central-1", "x", "7"],
    ["us", "long", "1200"],
  ];
  expect(textTable(["Region", "kind", "ms"], rows, 2)).toEqual([
    "Region        kind    ms",
    "------------  ----  ----",
    "eu-central-1  x        7",
    "us            long  1200",
  ]);
});

it("leaves no blanks at the end of a line, and needs no rows", () => {
  expect(textTable(["a", "word"], [["x", ""]], 2)).toEqual(["a  word", "-  ----", "x"]);
  expect(textTable(["a", "b"], [], 1)).toEqual(["a  b", "-  -"]);
});
