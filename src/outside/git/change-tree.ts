import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { GitFailed, type InRepository } from './run-git.ts';

/** A pull request's changes upon its base branch, by git's names of objects. */
export interface ChangeTree {
  /** Commit of the base branch. */
  readonly base: string;
  /** What the working tree is to hold. */
  readonly tree: string;
  /** Submodules that the pull request moves, adds or takes away; `commit` is missing where one goes. */
  readonly submodules: readonly { readonly path: string; readonly commit?: string }[];
}

interface Commits {
  readonly base: string;
  readonly mergeBase: string;
  readonly head: string;
}

/**
 * The change of a pull request: its diff upon the base branch of now. Each path must be as the pull request or as the base branch has it,
 * unless both changed it: what git apply drops is an error.
 */
export async function readChangedTree(git: InRepository, commits: Commits, diff: Diff): Promise<ChangeTree> {
  const { base, mergeBase, head } = commits;
  const tree = mergeBase === base ? `${head}^{tree}` : await applyToTree(git, base, diff);
  if (mergeBase !== base) await expectWhole(git, commits, tree);
  // What is applied is the diff: without the mode of submodules in it, none has changed.
  if (!(await hasWord(diff.file, submoduleMode))) return { base, tree, submodules: [] };
  const raw = await git(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', base, tree]);
  return { base, tree, submodules: parseSubmodules(raw) };
}

/** Whether a file, of any size, has a word that is ASCII. */
async function hasWord(file: string, word: string): Promise<boolean> {
  let end = '';
  for await (const chunk of createReadStream(file, 'latin1')) {
    const text = `${end}${chunk}`;
    if (text.includes(word)) return true;
    end = text.slice(1 - word.length);
  }
  return false;
}

interface Diff {
  readonly file: string;
  readonly isEmpty: boolean;
  /** A file that git may write, and that is removed afterwards. */
  readonly temporaryIndex: string;
}

/** The tree of a commit with a diff applied; throws if it does not apply. */
export async function applyToTree(
  git: InRepository,
  commit: string,
  { file, isEmpty, temporaryIndex }: Diff,
): Promise<string> {
  // To git an empty diff is no patch.
  if (isEmpty) return `${commit}^{tree}`;
  const variables = { GIT_INDEX_FILE: temporaryIndex };
  try {
    await rm(temporaryIndex, { force: true });
    await git(['read-tree', commit], { variables });
    await git(['apply', '--cached', '--whitespace=nowarn', '--', file], { variables });
    return (await git(['write-tree'], { variables })).trim();
  } finally {
    await rm(temporaryIndex, { force: true });
    await rm(`${temporaryIndex}.lock`, { force: true });
  }
}

async function expectWhole(git: InRepository, { base, mergeBase, head }: Commits, tree: string): Promise<void> {
  const [theirs, ours, missing, surplus] = await Promise.all(
    [
      [mergeBase, base],
      [mergeBase, head],
      [tree, head],
      [tree, base],
    ].map(async (pair) => changedPaths(await git([...namesOfChanges, ...pair]))),
  );
  const wrong = [
    ...[...(missing ?? [])].filter((path) => !theirs?.has(path)),
    ...[...(surplus ?? [])].filter((path) => !ours?.has(path)),
  ];
  if (wrong.length === 0) return;
  const named = [...new Set(wrong)].slice(0, 10).map(quoted).join(', ');
  throw new GitFailed(
    `error: git apply did not carry all changes of the pull request to its base branch: ${named}\nMerge the base branch into the pull request, and build again.`,
  );
}

/** As git does it: a line end in a name must not begin a line that looks like git's words. */
const quoted = (path: string) => (/[\p{Cc}"\\]/u.test(path) ? JSON.stringify(path) : path);

const namesOfChanges = ['diff-tree', '-r', '-z', '--name-only', '--no-renames'];
const changedPaths = (names: string) => new Set(names.split('\0').filter((path) => path !== ''));

const submoduleMode = '160000';

/** From `git diff-tree -r -z --raw`: `:MODE MODE ID ID STATUS`, NUL, path, NUL. */
export function parseSubmodules(raw: string): ChangeTree['submodules'] {
  const fields = raw.split('\0');
  const found: { path: string; commit?: string }[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, before, after, id] = /^:(\d+) (\d+) \w+ (\w+) /.exec(fields[at] ?? '') ?? [];
    const path = fields[at + 1] ?? '';
    if (after === submoduleMode && id !== undefined) found.push({ path, commit: id });
    else if (before === submoduleMode) found.push({ path });
  }
  return found;
}

/** What `git update-index -z --index-info` is given. */
export function indexInfo(submodules: ChangeTree['submodules']): string {
  return submodules
    .map(({ path, commit }) => (commit ? `${submoduleMode} ${commit}\t${path}\0` : `0 ${'0'.repeat(40)}\t${path}\0`))
    .join('');
}
