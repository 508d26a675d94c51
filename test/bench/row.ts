/** One line of the table: what was measured, what came out, and whether that is good enough. */
export interface Row {
  readonly measure: string;
  readonly figure: string;
  /** Absent for what is told as context. */
  readonly goal?: string;
  readonly met?: boolean;
  /** Why a goal is out of reach, told when it is missed. */
  readonly ifMissed?: string;
}

/** A row with a goal for one figure. */
export function row(
  measure: string,
  value: number,
  atMost: number,
  show: (value: number) => string,
  detail = "",
  ifMissed?: string,
): Row {
  return {
    measure,
    figure: `${show(value)}${detail}`,
    goal: `≤ ${show(atMost)}`,
    met: value <= atMost,
    ...(ifMissed === undefined ? {} : { ifMissed }),
  };
}
