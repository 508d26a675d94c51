import { measureCpu } from "./cpu.ts";
import { measureImport } from "./import-time.ts";

// Machines differ and are shared: the ratio within one run is the result, the absolute figures are its context.
const imports = measureImport();
for (const format of ["esm", "cjs"] as const) {
  const { sdkMs, addedMs } = imports[format];
  console.log(
    `import, ${format}: SDK ${sdkMs.toFixed(1)} ms, this package adds ${addedMs.toFixed(1)} ms (goal: at most 10)`,
  );
}
const cpu = await measureCpu();
console.log(
  `CPU of a Converse call: plain ${cpu.plainUs.toFixed(0)} µs, routed ${cpu.routedUs.toFixed(0)} µs, ratio ${cpu.ratio.toFixed(3)} (goal: at most 1.08)`,
);
