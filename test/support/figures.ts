import { readFileSync, writeFileSync } from "node:fs";

/** Puts figures between the marks of that name in a page of docs. */
export function writeFigures(name: string, figures: string, file = "reliability.md"): void {
  const url = new URL(`../../docs/${file}`, import.meta.url);
  const page = readFileSync(url, "utf8");
  const start = `<!-- figures: ${name} -->`;
  const end = `<!-- end of figures: ${name} -->`;
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/${file} has no ${start} … ${end}`);
  writeFileSync(url, `${before}${start}\n${figures}\n${end}${after}`);
}
