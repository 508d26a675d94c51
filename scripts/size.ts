/** Prints what each entry point weighs, and fails if one weighs more than it may: npm run size */
import { weighEntries } from "./weigh.ts";

/** In kilobytes of 1000 bytes, minified and gzipped. Lower them when something has become lighter. */
const LIMITS: Readonly<Record<string, number>> = { "dist/index.js": 69, "dist/fetch.js": 79 };

for (const { entry, minified, gzipped } of await weighEntries()) {
  const limit = LIMITS[entry] ?? Number.POSITIVE_INFINITY;
  const tooHeavy = gzipped > limit * 1000;
  if (tooHeavy) process.exitCode = 1;
  const limited = Number.isFinite(limit) ? `, at most ${limit} kB${tooHeavy ? ": TOO HEAVY" : ""}` : "";
  console.log(`${entry.padEnd(20)} ${kilobytes(minified)} minified, ${kilobytes(gzipped)} gzipped${limited}`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
