import type { Ratio } from "./calls.ts";
import { medianOf, quantileOf } from "./median.ts";
import { startWorker } from "./processes.ts";

const WARM_UP_CALLS = 3_000;
const CALLS_PER_BLOCK = 200;
/** Of each client in one process; the first quartile counts, as what else the machine does only ever adds. */
const BLOCKS = 24;

/**
 * CPU time of the calls of a client that `instrumentRouting` records over that of one that it does not. Both take turns in
 * one process, in several processes: code is compiled a little differently in each, which would hide a few per cent.
 * @param recorded - `three`: a listener that does nothing but record three histograms; undefined: nothing, to see what no
 *   difference looks like
 */
export async function measureRecording(
  recorded: "metrics" | "spans" | "three" | undefined,
  rounds: number,
): Promise<Ratio> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const worker = startWorker("recorded-calls", { recorded });
    await worker.ask();
    const make = (calls: number, which: 0 | 1): Promise<number> => worker.ask({ calls, which });
    for (const which of [0, 1] as const) await make(WARM_UP_CALLS, which);
    const blocks: [without: number[], recorded: number[]] = [[], []];
    for (let block = 0; block < BLOCKS; block += 1) {
      for (const which of block % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        blocks[which].push(await make(CALLS_PER_BLOCK, which));
      }
    }
    await worker.end();
    const [without, others] = blocks;
    ratios.push(quantileOf(others, 0.25) / quantileOf(without, 0.25));
  }
  return { ratio: medianOf(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}
