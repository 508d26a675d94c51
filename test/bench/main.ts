import { measureCpu } from "./cpu.ts";
import { measureDecision } from "./decision.ts";
import { measureFailover } from "./failover.ts";
import { measureImport } from "./import-time.ts";
import { startLoopback } from "./loopback.ts";
import { measureRecord } from "./record.ts";

// Machines differ and are shared: the ratio within one run is the result, the absolute figures are its context.
const imports = measureImport();
for (const format of ["esm", "cjs"] as const) {
  const { sdkMs, addedMs } = imports[format];
  console.log(
    `import, ${format}: SDK ${sdkMs.toFixed(1)} ms, this package adds ${addedMs.toFixed(1)} ms (goal: at most 10)`,
  );
}
const { candidates, kept, anew, mixed } = await measureDecision();
const us = ({ p50Us, p99Us }: typeof kept): string => `p50 ${p50Us.toFixed(2)} µs, p99 ${p99Us.toFixed(2)} µs`;
console.log(
  `decision among ${candidates} candidates: as they come ${us(mixed)} (goal: p50 at most 2, p99 at most 10); nothing new ${us(kept)}; new evidence ${us(anew)}`,
);
const { recordUs, bytesPerRoute, snapshotBytes } = measureRecord();
console.log(
  `an attempt recorded from start to end: ${recordUs.toFixed(2)} µs (goal: at most 0.3 a record, and these are three)`,
);
console.log(
  `a route remembered: ${(bytesPerRoute / 1_024).toFixed(1)} KB (goal: at most 8 KB a window, and these are two histograms and a live window), ${Math.round(snapshotBytes)} bytes in a snapshot (goal: at most 1,500)`,
);
const failover = await measureFailover();
for (const [name, { addedWaitMs, calls, answered }] of Object.entries(failover)) {
  console.log(
    `throttled geographic profile, ${name} client: ${Math.round(addedWaitMs)} ms added wait, ${calls.toFixed(1)} calls, ${Math.round(100 * answered)} % answered`,
  );
}
const loopback = await startLoopback();
const transports = {
  "over HTTP/2 on loopback": { endpoint: loopback.endpoint },
  // Nothing but the client itself: what routing adds stands out most.
  "on a stub in the process": {},
};
for (const [name, transport] of Object.entries(transports)) {
  const { plainUs, routedUs, ratio } = await measureCpu(transport);
  console.log(
    `CPU of a Converse call ${name}: plain ${plainUs.toFixed(0)} µs, routed ${routedUs.toFixed(0)} µs, ratio ${ratio.toFixed(3)} (goal: at most 1.05)`,
  );
}
loopback.close();
