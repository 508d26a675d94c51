/**
 * The public surface as the built declarations have it: `api/*.d.ts` holds it, so that every change of it is seen in review.
 *
 *   npm run api              fails if the surface is not the one in `api/`, or has a name that the SDK exports too
 *   npm run api -- --write   takes over what is built
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { exports } from "../package.json";

const ROOT = resolve(import.meta.dirname, "..");
const SDK = "@aws-sdk/client-bedrock-runtime";
const entries = Object.keys(exports)
  .filter((path) => !path.endsWith(".json"))
  .map((path) => (path === "." ? "index" : path.slice(2)));

const fileOf = (entry: string): string => join(ROOT, "dist", `${entry}.d.ts`);
const sdkFile = ts.resolveModuleName(SDK, fileOf("index"), options(), ts.sys).resolvedModule?.resolvedFileName ?? "";
const program = ts.createProgram([...entries.map(fileOf), sdkFile], options());
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

const problems: string[] = [];
const sdkNames = new Set(exportsOf(sdkFile).map(({ name }) => name));
for (const entry of entries) {
  for (const { name } of exportsOf(fileOf(entry))) {
    if (sdkNames.has(name)) problems.push(`${entry} exports ${name}, as ${SDK} does: an editor may import either`);
  }
  const report = reportOf(entry);
  const path = join(ROOT, "api", `${entry}.d.ts`);
  if (process.argv.includes("--write")) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, report);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== report) {
    problems.push(
      `api/${entry}.d.ts is not what dist/${entry}.d.ts offers: npm run api -- --write, and look at git diff`,
    );
  }
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every exported declaration, what they name beside, and the names that come from other packages. */
function reportOf(entry: string): string {
  const exported = exportsOf(fileOf(entry));
  const found = new Map<string, { readonly text: string; readonly names: Set<string> }>();
  const foreign = new Set<string>();
  const visit = (symbol: ts.Symbol, exportedAs: string | undefined): void => {
    const known = found.get(symbol.name);
    if (known !== undefined) {
      if (exportedAs !== undefined) known.names.add(exportedAs);
      return;
    }
    const declarations = (symbol.declarations ?? []).map(statementOf);
    const text = declarations.map((node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()));
    found.set(symbol.name, { text: text.join("\n"), names: new Set(exportedAs === undefined ? [] : [exportedAs]) });
    for (const declaration of declarations) forEachName(declaration, (name) => refer(name));
  };
  const refer = (name: ts.Identifier): void => {
    const local = checker.getSymbolAtLocation(name);
    const symbol = local === undefined ? undefined : resolved(local);
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName;
    if (symbol === undefined || file === undefined) return;
    if (file.startsWith(join(ROOT, "dist")) && isTopLevel(symbol)) visit(symbol, undefined);
    const source = local === undefined ? undefined : importedFrom(local);
    if (source !== undefined && !source.startsWith(".")) foreign.add(`${source}: ${name.text}`);
  };
  for (const symbol of exported) visit(resolved(symbol), symbol.name);
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `// The public surface of ${entry === "index" ? "bedrock-routed-client" : `bedrock-routed-client/${entry}`}: npm run api -- --write`,
    ...[...foreign].sort().map((name) => `// from ${name}`),
    ...sorted.map(([name, { text, names }]) => {
      const note =
        names.size === 0 ? "// not exported\n" : names.has(name) ? "" : `// exported as ${[...names].join(", ")}\n`;
      return `\n${note}${text}`;
    }),
    "",
  ].join("\n");
}

function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(file);
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${file} is not there: npm run build`);
  return checker.getExportsOfModule(symbol);
}

function resolved(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function importedFrom(symbol: ts.Symbol): string | undefined {
  const specifier = symbol.declarations?.find(ts.isImportSpecifier)?.parent.parent.parent.moduleSpecifier;
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function isTopLevel(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some((node) => ts.isSourceFile(statementOf(node).parent)) ?? false;
}

/** A variable is declared by a statement that may declare several. */
function statementOf(node: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

function forEachName(node: ts.Node, call: (name: ts.Identifier) => void): void {
  if (ts.isIdentifier(node)) call(node);
  ts.forEachChild(node, (child) => forEachName(child, call));
}

function options(): ts.CompilerOptions {
  return {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
    noEmit: true,
  };
}
