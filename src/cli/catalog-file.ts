import { readFile } from "node:fs/promises";
import { InvalidOptionsError } from "../types/errors.ts";

/**
 * The text of a saved catalogue.
 * @throws {@link InvalidOptionsError} when the file cannot be read
 */
export async function catalogText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no file";
    throw new InvalidOptionsError(
      "--catalog",
      `must name a file that can be read, got ${JSON.stringify(path)} (${code})`,
    );
  }
}
