import type { LabResultCell } from "./results.ts";

/** Milliseconds as text. */
export function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

/** A difference in milliseconds, always with its sign. */
export function signedMs(value: number): string {
  const rounded = Math.round(value);
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${Math.abs(rounded)} ms`;
}

/** A share as per cent. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference as per cent, always with its sign. */
export function signedPercent(share: number): string {
  const rounded = Math.round(share * 1_000) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${Math.abs(rounded).toFixed(1)} %`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a, b and c". */
export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A cell in a sentence. */
export function nameOf({ modelId, sourceRegion, measuredFrom }: LabResultCell): string {
  const from = measuredFrom === sourceRegion ? "" : `, measured from ${measuredFrom ?? "an unknown place"}`;
  return `${modelId} from ${sourceRegion}${from}`;
}

/** A length of time for a person. */
export function durationInWords(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(seconds / 3_600)} h ${String(Math.floor((seconds % 3_600) / 60)).padStart(2, "0")} min`;
}

/** US dollars, to the cent from a dollar on. */
export function usd(amount: number): string {
  return amount >= 1 ? `$${amount.toFixed(2)}` : `$${amount.toFixed(amount >= 0.1 ? 2 : 3)}`;
}
