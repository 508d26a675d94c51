/** What the types of an entry point offer as a value is there at run time, in both module formats, and nothing else is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";

// Where every optional package is installed.
const require = createRequire(join(process.env.COMPLETE, "index.cjs"));
const ts = createRequire(resolve(import.meta.dirname, "../../../package.json"))("typescript");

const PACKAGE = "bedrock-routed-client";
const root = dirname(require.resolve(`${PACKAGE}/package.json`));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.entries(exports).filter(([path]) => !path.endsWith(".json"));

const program = ts.createProgram(
  entries.flatMap(([, { import: esm, require: cjs }]) => [join(root, esm.types), join(root, cjs.types)]),
  { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noEmit: true },
);
const checker = program.getTypeChecker();

describe("the exports of the package", () => {
  for (const [path, { import: esm, require: cjs }] of entries) {
    const specifier = join(PACKAGE, path);

    test(`${specifier}, imported, has the values of its types`, async () => {
      assert.deepEqual(Object.keys(await import(join(root, esm.default))).sort(), valuesOf(join(root, esm.types)));
    });

    test(`${specifier}, required, has the values of its types`, () => {
      assert.deepEqual(Object.keys(require(join(root, cjs.default))).sort(), valuesOf(join(root, cjs.types)));
    });
  }
});

/** The names that a declaration file exports and that are more than types. */
function valuesOf(file) {
  const names = checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .filter(isValue)
    .map(({ name }) => name);
  assert.ok(names.length > 0, `no values in ${file}`);
  return names.sort();
}

/** `export type { … }` offers no value, though it names a class. */
function isValue(symbol) {
  if (symbol.declarations?.some((node) => ts.isExportSpecifier(node) && ts.isTypeOnlyImportOrExportDeclaration(node))) {
    return false;
  }
  const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (meant.flags & ts.SymbolFlags.Value) !== 0;
}
