import type { Colors } from "picocolors/types.js";
import type { CatalogChange } from "../profiles/compare-catalogs.ts";

/** One way to call a model from one source Region. */
export interface ProfileRow {
  readonly model: string;
  readonly modelId: string;
  readonly kind: "in-region" | "geographic" | "global";
  readonly sourceRegion: string;
  readonly destinationRegions: readonly string[];
  /** The day (ISO 8601) for which AWS has announced the end of the model's life there. */
  readonly endOfLife?: string;
}

const WIDTH = 100;

/** A profile table as text for a person, in at most 100 columns; then what differs from the bundled table. */
export function renderProfiles(
  catalog: string,
  rows: readonly ProfileRow[],
  changes: readonly CatalogChange[] | undefined,
  colors: Colors,
): string {
  const lines = [...wrapped("table ", catalog.split(" ")).map(colors.dim)];
  for (const [model, ofModel] of groups(rows, ({ model }) => model)) {
    lines.push("", colors.bold(model), ...endsOfLife(ofModel).map(colors.yellow));
    for (const [modelId, ofId] of groups(ofModel, (row) => row.modelId)) {
      lines.push(`  ${colors.green(modelId)}${modelId === model ? "  in-Region" : ""}`);
      // Every Region runs its own: saying so once for each would fill the screen.
      const sets = modelId === model ? [ofId] : [...groups(ofId, destinationsOf).values()];
      for (const same of sets) {
        lines.push(...wrapped("    called in   ", commas(same.map(({ sourceRegion }) => sourceRegion))));
        if (modelId !== model) lines.push(...wrapped("    may run in  ", words(same[0]?.destinationRegions ?? [])));
      }
    }
  }
  if (rows.length === 0) lines.push("", "Nothing can be called from there.");
  if (changes !== undefined) lines.push("", ...renderChanges(changes, colors));
  return `${lines.join("\n")}\n`;
}

/** A line for each day that is announced, with the source Regions unless those are all. */
function endsOfLife(rows: readonly ProfileRow[]): readonly string[] {
  const regionsOf = (some: readonly ProfileRow[]): readonly string[] => [
    ...new Set(some.map(({ sourceRegion }) => sourceRegion)),
  ];
  const ending = rows.filter(({ endOfLife }) => endOfLife !== undefined);
  return [...groups(ending, ({ endOfLife = "" }) => endOfLife)].flatMap(([date, ofDate]) => {
    const regions = regionsOf(ofDate);
    const all = regions.length === regionsOf(rows).length;
    return all ? [`  end of life ${date}`] : wrapped(`  end of life ${date} in `, commas(regions));
  });
}

function renderChanges(changes: readonly CatalogChange[], colors: Colors): readonly string[] {
  if (changes.length === 0) return [colors.bold("No changes against the bundled table.")];
  return [
    colors.bold("Changes against the bundled table:"),
    ...changes.flatMap((change) => renderChange(change, colors)),
  ];
}

function renderChange(
  { kind, modelId, sourceRegion, before, after }: CatalogChange,
  colors: Colors,
): readonly string[] {
  switch (kind) {
    case "added":
      return [colors.green(`+ ${modelId}  ${sourceRegion}`), ...wrapped("    may run in  ", words(after))];
    case "removed":
      return [colors.red(`- ${modelId}  ${sourceRegion}`)];
    case "destinations": {
      const more = after.filter((region) => !before.includes(region));
      const fewer = before.filter((region) => !after.includes(region));
      return [
        colors.yellow(`~ ${modelId}  ${sourceRegion}`),
        ...(more.length === 0 ? [] : wrapped("    also  ", words(more))),
        ...(fewer.length === 0 ? [] : wrapped("    no longer  ", words(fewer))),
      ];
    }
    default:
      return kind satisfies never;
  }
}

function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return found;
}

function destinationsOf({ destinationRegions }: ProfileRow): string {
  return [...destinationRegions].sort().join();
}

function words(regions: readonly string[]): readonly string[] {
  if (regions.includes("*")) return ["any", "commercial", "Region"];
  if (regions.includes("unknown")) return ["Regions", "that", "AWS", "does", "not", "document"];
  return commas(regions);
}

function commas(words: readonly string[]): readonly string[] {
  return words.map((word, index) => (index < words.length - 1 ? `${word},` : word));
}

/** Words in lines of at most 100 columns, with a hanging indent as wide as the label. */
function wrapped(label: string, words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = label;
  for (const word of words) {
    if (line.length > label.length && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(label.length);
    }
    line += line.length === label.length ? word : ` ${word}`;
  }
  return [...lines, line];
}
