import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the process holds while nothing is under way. */
export interface Resources {
  readonly heapBytes: number;
  /** How many of each kind keep the process alive: timers, pipes, sockets in use. */
  readonly handles: Readonly<Record<string, number>>;
  /** Open files and sockets, idle ones as well; undefined where the system does not tell. */
  readonly descriptors: number | undefined;
}

let collect: (() => void) | undefined;

/** Collects the garbage and looks. */
export async function readResources(): Promise<Resources> {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  // Cancelled streams and answered sockets take some turns until they are gone.
  await sleep(300);
  for (let round = 0; round < 3; round += 1) {
    collect();
    await sleep(20);
  }
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { heapBytes: process.memoryUsage().heapUsed, handles, descriptors: countDescriptors() };
}

function countDescriptors(): number | undefined {
  try {
    return readdirSync("/dev/fd").length;
  } catch {
    return undefined;
  }
}
