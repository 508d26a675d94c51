import { resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const FILE = resolve(import.meta.dirname, "completion.virtual.ts");
const TEXT = `
import type { Residency } from "../../src/plan/residency.ts";
export const options: { readonly residency?: Residency } = { residency: "" };
export const list: Residency = ["eu", "kr"];
`;

it("a residency completes in an editor, and takes a geography that is newer than the library", () => {
  const service = ts.createLanguageService({
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const content = name === FILE ? TEXT : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => import.meta.dirname,
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      types: [],
    }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === FILE || ts.sys.fileExists(name),
    readFile: (name) => (name === FILE ? TEXT : ts.sys.readFile(name)),
  });
  const offered = service.getCompletionsAtPosition(FILE, TEXT.indexOf('""') + 1, undefined)?.entries ?? [];
  expect(offered.map(({ name }) => name)).toEqual(expect.arrayContaining(["any", "home", "eu", "us", "jp", "us-gov"]));
  expect(service.getSemanticDiagnostics(FILE).map(({ messageText }) => messageText)).toEqual([]);
}, 60_000);
