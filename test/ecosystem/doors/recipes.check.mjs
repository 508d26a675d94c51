/** The code samples of docs/doors.md, type-checked against the libraries that they are for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const HERE = import.meta.dirname;
const PAGE = join(HERE, "../../../docs/doors.md");
/** What the samples take for granted, and do not make themselves. */
const GIVEN = `
  declare var fetch: import("bedrock-routed-client/fetch").RoutedFetch;
  declare const routedClient: import("bedrock-routed-client").RoutedBedrockRuntimeClient;
  declare const bedrock: import("@ai-sdk/amazon-bedrock").AmazonBedrockProvider;
  declare const app: { get(path: string, ...handlers: ((request: any, response: any) => void)[]): void };
  declare const requireOperator: (request: unknown, response: unknown) => void;
`;

test("the samples of docs/doors.md compile", { timeout: 300_000 }, () => {
  const samples = [...readFileSync(PAGE, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  assert.ok(samples.length > 6, `${samples.length} samples`);
  const texts = new Map(samples.map((code, at) => [join(HERE, `sample-${at + 1}.mts`), `${code}\nexport {};\n`]));
  texts.set(join(HERE, "given.d.ts"), GIVEN);
  const options = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) =>
    texts.has(file) ? ts.createSourceFile(file, texts.get(file), rest[0]) : getSourceFile(file, ...rest);
  const program = ts.createProgram([...texts.keys()], options, host);
  const errors = [...texts].flatMap(([file, text]) =>
    [
      ...program.getSyntacticDiagnostics(program.getSourceFile(file)),
      ...program.getSemanticDiagnostics(program.getSourceFile(file)),
    ].map(({ messageText }) => `${ts.flattenDiagnosticMessageText(messageText, " ")}\nin:\n${text}`),
  );
  assert.deepEqual(errors, []);
});
