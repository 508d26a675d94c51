import type { Clock } from "./clock.ts";

/** How often the process is looked at while attempts are under way. */
const PULSE_MS = 500;
/** How late a timer may fire before the process counts as held up: garbage collection and busy turns take less. */
const BOUND_MS = 250;
/** Long enough for the event loop to read what has come in meanwhile. */
const REREAD_MS = 50;

/**
 * Notices when this process was held up itself: frozen by its platform, its event loop blocked, or busy with a burst.
 * Everything that it measured meanwhile looks slow, and Node.js runs overdue timers before it reads the answers that
 * have long arrived. None of that is evidence against a route.
 * @see https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
 */
export class OwnDelay {
  readonly #clock: Clock;
  #underWay = 0;
  #beating = false;
  #heldUpAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An attempt starts. */
  enter(): void {
    this.#underWay += 1;
    if (!this.#beating) this.#beat();
  }

  /** An attempt has ended. */
  leave(): void {
    this.#underWay -= 1;
  }

  /** Whether the process was held up at any time since `sinceMs`. */
  since(sinceMs: number): boolean {
    return this.#heldUpAt > sinceMs;
  }

  /**
   * Calls back after `ms` milliseconds; when that comes late, only after everything that has come in was read. Returns
   * the function that calls it off.
   */
  after(ms: number, callback: () => void): () => void {
    const dueAt = this.#clock.now() + ms;
    let callOff = this.#clock.after(ms, () => {
      if (!this.#isLate(dueAt)) callback();
      else callOff = this.after(REREAD_MS, callback);
    });
    return () => callOff();
  }

  #beat(): void {
    this.#beating = true;
    const dueAt = this.#clock.now() + PULSE_MS;
    this.#clock.after(
      PULSE_MS,
      () => {
        this.#isLate(dueAt);
        if (this.#underWay > 0) this.#beat();
        else this.#beating = false;
      },
      true,
    );
  }

  #isLate(dueAt: number): boolean {
    const now = this.#clock.now();
    const late = now - dueAt > BOUND_MS;
    if (late) this.#heldUpAt = now;
    return late;
  }
}
