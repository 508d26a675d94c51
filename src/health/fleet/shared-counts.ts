import type { RouteCounts } from "./fleet-capacity.ts";
import { bucketMs, COUNT_MS, type CountedField, type CountKind, countField, HALF_MS } from "./fleet-codec.ts";
import type { Sample } from "./merged-reading.ts";

/** What was counted in ten seconds of the engine's clock. */
interface Counted {
  /** What this process has sent, whether it arrived or not. */
  readonly own: Map<string, number>;
  /** What stood in the store when it was last read. */
  read: ReadonlyMap<string, ReadCount>;
}

interface ReadCount {
  readonly field: CountedField;
  /** This process's own with it. */
  readonly all: number;
  readonly others: number;
}

/** What others have added to a route since it was last looked at. */
export interface News {
  readonly answered: number;
  readonly strikes: number;
}

/**
 * The counts of a fleet, as far as this process has read them. Others' are all without its own. What it has sent and is
 * not sure to have arrived counts as arrived: others may then be counted short for once, and it is never counted twice.
 */
export class SharedCounts {
  readonly #slices: Map<number, Counted> = new Map();

  sent(index: number, field: string, by: number): void {
    const { own } = this.#at(index);
    own.set(field, (own.get(field) ?? 0) + by);
  }

  /** What was read of ten seconds takes the place of what was read before. Returns what is new of others, by route. */
  learn(index: number, counts: ReadonlyMap<string, readonly [CountedField, number]>): ReadonlyMap<string, News> {
    const slice = this.#at(index);
    const news = new Map<string, { answered: number; strikes: number }>();
    const read = new Map<string, ReadCount>();
    for (const [name, [field, all]] of counts) {
      const before = slice.read.get(name)?.others ?? 0;
      const others = Math.max(before, all - (slice.own.get(name) ?? 0));
      read.set(name, { field, all, others });
      if (field.kind !== "answered" && field.kind !== "strike") continue;
      const known = news.get(field.route) ?? { answered: 0, strikes: 0 };
      if (field.kind === "answered") known.answered += others - before;
      else known.strikes += others - before;
      news.set(field.route, known);
    }
    slice.read = read;
    return news;
  }

  forgetBefore(index: number): void {
    for (const known of this.#slices.keys()) if (known < index) this.#slices.delete(known);
  }

  /** Samples of others. */
  samplesOfOthers(route: string, slice: string): readonly { index: number; samples: readonly Sample[] }[] {
    const found: { index: number; samples: Sample[] }[] = [];
    for (const [index, counted] of this.#slices) {
      const samples: Sample[] = [];
      for (const { field, others } of counted.read.values()) {
        if (field.route !== route || (field.kind !== "answer" && field.kind !== "wait") || field.slice !== slice)
          continue;
        const ms = bucketMs(field.bucket);
        if (others > 0) samples.push([field.kind === "answer" ? ms : -ms, others]);
      }
      if (samples.length > 0) found.push({ index, samples });
    }
    return found;
  }

  /** How many requests wanted one of the routes since `fromMs`, all of them and those of others, and since when. */
  wanted(
    routes: ReadonlySet<string>,
    fromMs: number,
  ): { readonly all: number; readonly others: number; readonly sinceMs: number } {
    let [all, others, sinceMs] = [0, 0, Number.POSITIVE_INFINITY];
    for (const [index, counted] of this.#slices) {
      for (const { field, ...count } of counted.read.values()) {
        if (field.kind !== "wanted" || !routes.has(field.route)) continue;
        const startedMs = index * COUNT_MS + field.half * HALF_MS;
        if (startedMs + HALF_MS <= fromMs) continue;
        all += count.all;
        others += count.others;
        sinceMs = Math.min(sinceMs, startedMs);
      }
    }
    return { all, others, sinceMs };
  }

  /** What became of the requests on a route in so many five seconds, the oldest first; `nowMs` falls into the last ones. */
  outcomes(route: string, nowMs: number, halves: number): readonly RouteCounts[] {
    const now = Math.floor(nowMs / HALF_MS);
    return Array.from({ length: halves }, (_, place) => {
      const half = now + 1 - halves + place;
      return { answered: this.#count(route, "answered", half), throttled: this.#count(route, "throttled", half) };
    });
  }

  #count(route: string, kind: CountKind, half: number): number {
    const slice = this.#slices.get(Math.floor((half * HALF_MS) / COUNT_MS));
    return slice?.read.get(countField(route, kind, half % 2))?.all ?? 0;
  }

  #at(index: number): Counted {
    let slice = this.#slices.get(index);
    if (slice === undefined) {
      slice = { own: new Map(), read: new Map() };
      this.#slices.set(index, slice);
    }
    return slice;
  }
}
