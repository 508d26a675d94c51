import { facts } from "../profiles/cases/facts.ts";

/**
 * The tests run a week after the profile table was made, whatever the calendar says: later the table would be old, which
 * a client with `catalog: "auto"` asks AWS about, and models would come to their announced end. Time passes as ever.
 */
const RealDate = Date;
const start = RealDate.parse(facts.asOf) + 7 * 86_400_000;
const shiftMs = start - RealDate.now();

class PinnedDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [PinnedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

globalThis.Date = PinnedDate as DateConstructor;
