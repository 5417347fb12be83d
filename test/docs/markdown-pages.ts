import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { anchorsOf } from '../../docs/html/anchors-of.ts';

const root = join(import.meta.dirname, '../..');

/** A page of this repository. */
export interface Page {
  /** From the top of the repository. */
  readonly path: string;
  readonly links: readonly string[];
  /** The names by which GitHub lets its headings be linked. */
  readonly anchors: readonly string[];
  /** What stands in `backquotes`. */
  readonly words: readonly string[];
  readonly codeBlocks: readonly { readonly language: string; readonly text: string }[];
  /** Each table's rows, with the text of their cells; its head is the first. */
  readonly tables: readonly (readonly (readonly string[])[])[];
}

const notOurs = ['.git', '.packages', 'node_modules', 'demo-state', 'public'];

/** All files of the repository, from its top. */
export async function filesOfRepository(): Promise<readonly string[]> {
  const top = (await readdir(root, { withFileTypes: true })).filter(({ name }) => !notOurs.includes(name));
  const below = top.map(async (entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const inside = await readdir(join(root, entry.name), { recursive: true, withFileTypes: true });
    return inside.filter((each) => each.isFile()).map((each) => relative(root, join(each.parentPath, each.name)));
  });
  return (await Promise.all(below)).flat();
}

export async function readPages(): Promise<readonly Page[]> {
  const paths = (await filesOfRepository()).filter((path) => path.endsWith('.md'));
  return await Promise.all(paths.map(async (path) => parsePage(path, await readFile(join(root, path), 'utf8'))));
}

/** What a page links, says and can be linked by. */
export function parsePage(path: string, text: string): Page {
  const links: string[] = [];
  const words: string[] = [];
  const headings: string[] = [];
  const codeBlocks: { language: string; text: string }[] = [];
  const tables: string[][][] = [];
  void walkTokens(lexer(text), (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push(String(token['href']));
    if (token.type === 'codespan') words.push(String(token['text']));
    if (token.type === 'heading') headings.push(String(token['text']));
    if (token.type === 'code') codeBlocks.push({ language: String(token['lang'] ?? ''), text: String(token['text']) });
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      tables.push([header, ...rows].map((row) => row.map((cell) => cell.text)));
    }
  });
  return { path, links, words, codeBlocks, tables, anchors: anchorsOf(headings) };
}
