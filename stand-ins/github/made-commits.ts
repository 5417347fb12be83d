import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from './github-stand-in.ts';
import { git } from './run-git.ts';

// Tests make a GitHub each, and most put the same repository and the same pull request into it: twenty processes of git and more for each.
// Commits that this process has made once are put into the next repository as one pack. The same are those that the same objects describe.

interface Described {
  readonly from: string | undefined;
  readonly commits: readonly Commit[];
  readonly user: string;
}

interface MadeCommits extends Described {
  readonly head: string;
  /** Names and contents of a pack and its index. */
  readonly files: readonly (readonly [name: string, content: Buffer])[];
  /** Repositories that have them: made there once more, they are others, since they have another time. */
  readonly within: Set<string>;
}

/** By what the last commit changes. */
const made = new WeakMap<object, MadeCommits[]>();

/** Puts commits into a bare repository that were made elsewhere before. Gives their head; undefined where they have to be made. */
export async function takeMadeCommits(
  bare: string,
  from: string | undefined,
  commits: readonly Commit[],
  user: string,
): Promise<string | undefined> {
  const isSame = (each: MadeCommits) =>
    each.from === from &&
    each.user === user &&
    each.commits.length === commits.length &&
    each.commits.every(({ message, files }, index) => {
      const other = commits[index];
      return message === other?.message && files === other.files;
    });
  const known = madeWith(commits)?.find((each) => isSame(each) && !each.within.has(bare));
  if (known === undefined) return undefined;
  known.within.add(bare);
  for (const [name, content] of known.files) await writeFile(join(bare, 'objects/pack', name), content);
  return known.head;
}

/** Remembers commits that were made in a bare repository, for the next one. */
export async function keepMadeCommits(
  bare: string,
  { head, ...described }: Described & { readonly head: string },
): Promise<void> {
  const known = madeWith(described.commits);
  if (known === undefined) return;
  const directory = await mkdtemp(join(tmpdir(), 'github-pack-'));
  try {
    const wanted = described.from === undefined ? `${head}\n` : `${head}\n^${described.from}\n`;
    await git(bare, ['pack-objects', '--revs', '--quiet', join(directory, 'pack')], wanted);
    const names = (await readdir(directory)).sort();
    const files = await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const));
    known.push({ ...described, head, files, within: new Set([bare]) });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Undefined where nothing tells whether they would be the same: of a directory, which may have changed. */
function madeWith(commits: readonly Commit[]): MadeCommits[] | undefined {
  const last = commits.at(-1)?.files;
  if (last === undefined || commits.some(({ files }) => typeof files === 'string') || typeof last === 'string')
    return undefined;
  const known = made.get(last) ?? [];
  made.set(last, known);
  return known;
}
