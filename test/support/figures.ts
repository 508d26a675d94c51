import { readFileSync, writeFileSync } from "node:fs";

const PAGE = new URL("../../docs/reliability.md", import.meta.url);

/** Puts figures between the marks of that name in docs/reliability.md. */
export function writeFigures(name: string, figures: string): void {
  const page = readFileSync(PAGE, "utf8");
  const start = `<!-- figures: ${name} -->`;
  const end = `<!-- end of figures: ${name} -->`;
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/reliability.md has no ${start} … ${end}`);
  writeFileSync(PAGE, `${before}${start}\n${figures}\n${end}${after}`);
}
