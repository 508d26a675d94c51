import { runScenario, type Violation } from "./run-scenario.ts";
import { Tally, type TallyFigures } from "./tally.ts";

/** A piece of the work: scenarios `from` up to, but not including, `to`. */
export interface Piece {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** What became of a piece. */
export interface PieceResult {
  readonly tally: TallyFigures;
  readonly violations: readonly Violation[];
}

/** Runs a piece; what a process complains about in the meantime is a violation too. */
export async function runPiece({ seed, from, to }: Piece): Promise<{ tally: Tally; violations: Violation[] }> {
  const tally = new Tally();
  const violations: Violation[] = [];
  let scenario = from;
  const complain = (rule: string) => (cause: unknown) => {
    violations.push({ seed, scenario, request: undefined, rule, detail: String(cause) });
  };
  const onRejection = complain("no promise is left without a catch");
  const onWarning = complain("nothing gives a process warning");
  process.on("unhandledRejection", onRejection);
  process.on("warning", onWarning);
  for (; scenario < to; scenario += 1) {
    violations.push(...(await runScenario(seed, scenario, tally)));
    tally.scenarios += 1;
  }
  process.off("unhandledRejection", onRejection);
  process.off("warning", onWarning);
  return { tally, violations };
}

process.on("message", (piece: Piece) => {
  runPiece(piece).then(
    ({ tally, violations }) => process.send?.({ tally: tally.toJSON(), violations } satisfies PieceResult),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
