import { measureCpu } from "./cpu.ts";
import { measureImport } from "./import-time.ts";
import { startLoopback } from "./loopback.ts";
import { stubHandler } from "./stub-handler.ts";

// Machines differ and are shared: the ratio within one run is the result, the absolute figures are its context.
const imports = measureImport();
for (const format of ["esm", "cjs"] as const) {
  const { sdkMs, addedMs } = imports[format];
  console.log(
    `import, ${format}: SDK ${sdkMs.toFixed(1)} ms, this package adds ${addedMs.toFixed(1)} ms (goal: at most 10)`,
  );
}
const loopback = await startLoopback();
const transports = {
  "over HTTP/2 on loopback": { endpoint: loopback.endpoint },
  // Nothing but the client itself: what routing adds stands out most.
  "on a stub in the process": { requestHandler: stubHandler as never },
};
for (const [name, transport] of Object.entries(transports)) {
  const { plainUs, routedUs, ratio } = await measureCpu(transport);
  console.log(
    `CPU of a Converse call ${name}: plain ${plainUs.toFixed(0)} µs, routed ${routedUs.toFixed(0)} µs, ratio ${ratio.toFixed(3)} (goal: at most 1.05)`,
  );
}
loopback.close();
