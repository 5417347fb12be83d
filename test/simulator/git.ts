import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Git, GitFailure, Mirror, ReadChange } from '../../src/outside/git/git.ts';
import type { runProgram } from '../../src/outside/processes/run-program.ts';
import type { SimulatedGitHub } from './github.ts';
import { world } from './world.ts';

export const workTreeFile = 'EESSI-install-software.sh';

/** Git whose repositories hold one file. What it writes is not synced, as with git. */
export class SimulatedGit implements Git {
  readonly #github: SimulatedGitHub;
  readonly #isBroken: () => boolean;

  constructor(github: SimulatedGitHub, isBroken: () => boolean) {
    this.#github = github;
    this.#isBroken = isBroken;
  }

  async fetchMirror({ pullRequest }: Mirror) {
    await this.#github.readToken();
    return await world().request<{ kind: 'fetched'; baseSha: string; headSha: string } | GitFailure>(
      'git fetch',
      () => {
        if (this.#github.isDeleted)
          return {
            kind: 'failed',
            step: 'clone',
            message: "remote: Repository not found.\nfatal: repository 'https://github.test/' not found",
          };
        if (this.#isBroken())
          return {
            kind: 'failed',
            step: 'clone',
            message: "fatal: unable to access 'https://github.test/': Could not resolve host: github.test",
            mayPass: true,
          };
        return {
          kind: 'fetched',
          baseSha: 'base',
          headSha: this.#github.pullRequests.get(pullRequest)?.heads.at(-1) ?? '',
        };
      },
    );
  }

  readChange({ baseSha, headSha }: { readonly baseSha: string; readonly headSha: string }, file: string) {
    return world().call(`git diff-tree > ${file}`, () => {
      write(file, diffOf(headSha));
      return { kind: 'change', base: baseSha, tree: headSha, submodules: [] } as const;
    });
  }

  /** Clone and checkout are two steps: a daemon may die between them. */
  async checkOut(_mirror: Mirror, reading: ReadChange | Promise<ReadChange | GitFailure>, directory: string) {
    await world().call(`git clone ${directory}`, () => {
      world().files.mkdir(directory, 0o755);
    });
    const change = await reading;
    if (change.kind === 'failed') return change;
    return await world().call(`git read-tree ${directory}`, () => {
      write(join(directory, workTreeFile), `base with ${diffOf(change.tree)}`);
      return { kind: 'checked-out' } as const;
    });
  }

  /** The directory is there before its files, and each file by itself: a daemon may die between them. */
  async copyCheckOut(from: string, directory: string) {
    const { files } = world();
    await world().call(`mkdir ${directory}`, () => files.mkdir(directory, 0o755));
    for (const name of files.list(from))
      await world().call(`cp ${join(from, name)} ${directory}`, () =>
        write(join(directory, name), files.text(join(from, name)) ?? ''),
      );
    return { kind: 'checked-out' } as const;
  }

  /** They are no part of this world. */
  async giveObjects() {}

  async clone(): Promise<never> {
    throw new Error('the simulated site clones nothing else');
  }

  /** `sync -f`, with which the daemons put on the disk what git wrote, or a daemon that was killed. */
  readonly runSync: typeof runProgram = async ({ program }) => {
    if (program !== 'sync') throw new Error(`the daemons of this site run no ${program}`);
    await world().call('sync', () => world().files.syncAll());
    return { kind: 'exited', code: 0, stdout: '', stderr: '' };
  };

  async packMirrors() {
    return [];
  }
}

export const diffOf = (headSha: string) => `diff of ${headSha} end\n`;

function write(path: string, text: string): void {
  const { files } = world();
  const node = files.open(path, constants.O_CREAT | constants.O_WRONLY, 0o644);
  if (node.kind === 'file') files.write(node, Buffer.from(text));
}
