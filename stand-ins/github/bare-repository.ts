import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Commit, Files } from './github-stand-in.ts';
import { keepMadeCommits, takeMadeCommits } from './made-commits.ts';
import { git } from './run-git.ts';
import type { ChangeSize } from './state.ts';

/** Makes an empty bare repository that can be fetched from as GitHub's can. */
export async function makeBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await git(dirname(directory), ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, directory]);
  await appendFile(join(directory, 'config'), '[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true\n');
}

/** Adds commits to a branch, on top of the commit `from`, if there is one. Gives the new head. */
export async function addCommits(
  bare: string,
  branch: string,
  from: string | undefined,
  commits: readonly Commit[],
  user: string,
): Promise<string> {
  const head = commits.length === 0 && from !== undefined ? from : await takeMadeCommits(bare, from, commits, user);
  if (head !== undefined) {
    await setReference(bare, `refs/heads/${branch}`, head);
    return head;
  }
  const made = await inWorkTree(bare, branch, from, user, async (workTree) => {
    for (const { message, files } of commits) {
      await putFiles(workTree, files);
      await git(workTree, ['add', '--all']);
      await git(workTree, ['commit', '--quiet', '--allow-empty', `--message=${message}`]);
    }
  });
  await keepMadeCommits(bare, { from, commits, user, head: made });
  return made;
}

/** Merges a commit into a branch, as the button "Create a merge commit" does. Gives the merge commit. */
export async function mergeCommit(
  bare: string,
  base: string,
  sha: string,
  message: string,
  user: string,
): Promise<string> {
  return inWorkTree(bare, base, await readBranch(bare, base), user, async (workTree) => {
    await git(workTree, ['fetch', '--quiet', 'origin', sha]);
    await git(workTree, ['merge', '--quiet', '--no-ff', `--message=${message}`, sha]);
  });
}

/** Points a reference at a commit. */
export async function setReference(bare: string, reference: string, sha: string): Promise<void> {
  await git(bare, ['update-ref', reference, sha]);
}

/** The commit of a branch, undefined if there is no such branch. */
export async function readBranch(bare: string, branch: string): Promise<string | undefined> {
  const head = await git(bare, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
  return head === '' ? undefined : head;
}

/** How much lies between two commits, as GitHub counts for a pull request. */
export async function readChangeSize(bare: string, base: string, head: string): Promise<ChangeSize> {
  const commits = Number(await git(bare, ['rev-list', '--count', `${base}..${head}`]));
  const lines = (await git(bare, ['diff', '--numstat', `${base}...${head}`])).split('\n').filter((line) => line !== '');
  const sum = (column: number) => lines.reduce((total, line) => total + (Number(line.split('\t')[column]) || 0), 0);
  return { commits, additions: sum(0), deletions: sum(1), files: lines.length };
}

async function inWorkTree(
  bare: string,
  branch: string,
  from: string | undefined,
  user: string,
  change: (workTree: string) => Promise<void>,
): Promise<string> {
  const workTree = await mkdtemp(join(tmpdir(), 'github-push-'));
  try {
    await git(tmpdir(), ['clone', '--quiet', '--no-checkout', bare, workTree]);
    await git(workTree, ['config', 'gc.auto', '0']); // it would go on in the background, while all is removed
    await git(workTree, ['config', 'user.name', user]);
    await git(workTree, ['config', 'user.email', `${user}@users.noreply.example`]);
    await git(
      workTree,
      from === undefined
        ? ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]
        : ['checkout', '--quiet', '-B', branch, from],
    );
    await change(workTree);
    await git(workTree, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
    return await git(workTree, ['rev-parse', 'HEAD']);
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}

async function putFiles(workTree: string, files: Files): Promise<void> {
  if (typeof files === 'function') {
    await files(workTree);
  } else if (typeof files === 'string') {
    await cp(files, workTree, { recursive: true, verbatimSymlinks: true });
  } else {
    for (const [path, content] of Object.entries(files)) await putFile(join(workTree, path), content);
  }
}

async function putFile(path: string, content: string | Uint8Array | null): Promise<void> {
  if (content === null) {
    await rm(path, { recursive: true });
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
