import type { Clock } from "./clock.ts";

/** How often the process is looked at while attempts are under way. */
const BEAT_MS = 48;
/** So late is every timer. */
const JITTER_MS = 4;
/** So little is no matter, however short an attempt is. */
const SLIGHT_MS = 10;
/** Of the time of an attempt, beyond what is usual: more than that, and it was not the route alone that took it. */
const SHARE = 0.1;
/** The same of time in which the event loop was busy, however short each of its turns was. */
const BUSY_SHARE = 0.15;
/** Of each look at the process in what is usual: about a minute of attempts under way counts. */
const USUAL_WEIGHT = 1 / 1_024;
/** Long enough for the event loop to read what has come in meanwhile, and to say whether it is still busy with it. */
const REREAD_MS = 48;
/** A process that is always held up needs its protection too. */
const MOST_REARMS = 20;

/** When an attempt started. */
export interface Since {
  readonly at: number;
  readonly awakeAt: number;
  readonly busyMs: number;
}

/**
 * Notices when this process was held up itself: frozen by its platform, its event loop blocked, or busy with a burst.
 * Everything that it measured meanwhile looks slow; requests may not even have left it; and whether overdue timers or the
 * answers that have long arrived come first is the event loop's affair. None of that is evidence against a route.
 * @see https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
 */
export class OwnDelay {
  readonly #clock: Clock;
  #underWay = 0;
  /** When the process is looked at next; undefined while nothing is under way. */
  #dueAt: number | undefined;
  #lateMs = 0;
  #noticedAt = Number.NEGATIVE_INFINITY;
  /** The share of its time for which the process is held up. One that is always busy must not become blind. */
  #usualShare = 0;
  #usualBusyShare = 0;
  /** At the last look at the process. */
  #busyMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An attempt starts. */
  enter(): Since {
    this.#underWay += 1;
    if (this.#dueAt === undefined) this.#beat();
    return { at: this.#clock.now(), awakeAt: this.awakeNow(), busyMs: this.#busyNow };
  }

  /** An attempt has ended. */
  leave(): void {
    this.#underWay -= 1;
  }

  /** Monotonic time in milliseconds that stands still while the process is held up. */
  awakeNow(): number {
    return this.#clock.now() - this.#lateMs - this.#overdueMs;
  }

  /**
   * Whether the process was awake for nearly all of the time since then, and not busy for most of it, as far as it usually
   * is. In a burst no turn of the event loop need be long: answers wait for all the others that have come in.
   */
  wasAwake({ at, awakeAt, busyMs }: Since): boolean {
    const tookMs = this.#clock.now() - at;
    const heldUpMs = tookMs - (this.awakeNow() - awakeAt);
    const wasBusyMs = this.#busyNow - busyMs;
    return (
      heldUpMs <= Math.max(SLIGHT_MS, (SHARE + 2 * this.#usualShare) * tookMs) &&
      wasBusyMs <= Math.max(SLIGHT_MS, (BUSY_SHARE + 2 * this.#usualBusyShare) * tookMs)
    );
  }

  /**
   * Calls back when the process, while attempts are under way, has been awake for `ms` milliseconds and has read what has
   * come in. Returns the function that calls it off.
   */
  after(ms: number, callback: () => void): () => void {
    const dueAt = this.awakeNow() + ms;
    let rearms = 0;
    let callOff = (): void => {};
    const wait = (forMs: number): void => {
      callOff = this.#clock.after(forMs, () => {
        const leftMs = Math.max(dueAt - this.awakeNow(), this.#isJustHeldUp ? REREAD_MS : 0);
        if (leftMs <= SLIGHT_MS || rearms === MOST_REARMS) return callback();
        rearms += 1;
        wait(leftMs);
      });
    };
    wait(ms);
    return () => callOff();
  }

  get #isJustHeldUp(): boolean {
    return this.#overdueMs > SLIGHT_MS || this.#clock.now() - this.#noticedAt <= SLIGHT_MS;
  }

  get #overdueMs(): number {
    if (this.#dueAt === undefined) return 0;
    const lateMs = this.#clock.now() - this.#dueAt;
    return lateMs > JITTER_MS ? lateMs : 0;
  }

  get #busyNow(): number {
    return this.#clock.busyMs?.() ?? 0;
  }

  #beat(): void {
    this.#dueAt = this.#clock.now() + BEAT_MS;
    this.#busyMs = this.#busyNow;
    this.#clock.after(
      BEAT_MS,
      () => {
        const overdueMs = this.#overdueMs;
        if (overdueMs > SLIGHT_MS) this.#noticedAt = this.#clock.now();
        this.#lateMs += overdueMs;
        this.#usualShare += USUAL_WEIGHT * (overdueMs / (BEAT_MS + overdueMs) - this.#usualShare);
        const busyMs = this.#busyNow - this.#busyMs;
        this.#usualBusyShare += USUAL_WEIGHT * (Math.min(1, busyMs / (BEAT_MS + overdueMs)) - this.#usualBusyShare);
        this.#dueAt = undefined;
        if (this.#underWay > 0) this.#beat();
      },
      true,
    );
  }
}
