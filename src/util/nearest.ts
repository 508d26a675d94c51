import { closest, distance } from "fastest-levenshtein";

/** The name that `text` most likely misspells; undefined when none of `names` is close enough to be helpful. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  // The distance to a long text costs seconds, and no name is that long.
  if (text.length > LONGEST) return undefined;
  const sameButCase = names.find((name) => name.toLowerCase() === text.toLowerCase());
  if (sameButCase !== undefined || names.length === 0) return sameButCase;
  const candidate = closest(text, names);
  // A guess for a two-letter code would be as far from it as any other code, and "fast" is two letters from "cost".
  const tolerance = candidate.length < 4 ? 0 : candidate.length < 6 ? 1 : Math.max(2, Math.floor(candidate.length / 4));
  return distance(text, candidate) <= tolerance ? candidate : undefined;
}

const LONGEST = 100;
