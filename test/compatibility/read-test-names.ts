import { readFile } from 'node:fs/promises';
import ts from 'typescript';

/** The names of the tests in a source file, as written there: titles, and the texts of the rows of `it.each`. Nothing is run. */
export async function readTestNames(path: string): Promise<ReadonlySet<string>> {
  const source = ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      addText(node.arguments[0], names);
      for (const table of tablesOf(node.expression)) addTexts(table, names);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** `it`, `it.each…`, `it.skipIf(…)`, in any combination. */
function isTest(expression: ts.Expression): boolean {
  if (ts.isIdentifier(expression)) return expression.text === 'it';
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression))
    return isTest(expression.expression);
  return ts.isTaggedTemplateExpression(expression) && isTest(expression.tag);
}

/** What stands between `it` and the title. */
function tablesOf(expression: ts.Expression): readonly ts.Node[] {
  if (ts.isTaggedTemplateExpression(expression)) return [expression.template, ...tablesOf(expression.tag)];
  if (ts.isCallExpression(expression)) return [...expression.arguments, ...tablesOf(expression.expression)];
  return ts.isPropertyAccessExpression(expression) ? tablesOf(expression.expression) : [];
}

function addTexts(node: ts.Node, names: Set<string>): void {
  addText(node, names);
  ts.forEachChild(node, (child) => addTexts(child, names));
}

function addText(node: ts.Node | undefined, names: Set<string>): void {
  if (node !== undefined && ts.isStringLiteralLike(node)) names.add(node.text);
  else if (node !== undefined && ts.isTemplateExpression(node)) names.add(node.getText().slice(1, -1));
}
