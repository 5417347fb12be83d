import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProgramClone } from './program-clone.ts';

// How sites have cloned the program, and what happens to the server's tags.

let directory: string;
let server: string;
let environment: Record<string, string>;
const git = async (where: string, ...words: string[]) =>
  (await execa('git', ['-C', where, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { env: environment }))
    .stdout;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'program-clone-'));
  server = join(directory, 'server');
  environment = { PATH: process.env['PATH'] ?? '', HOME: directory };
  await execa('git', ['init', '--quiet', '--initial-branch=main', server], { env: environment });
  for (const version of ['v1.0.0', 'v1.1.0']) await release(version);
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

async function release(version: string): Promise<void> {
  await writeFile(join(server, 'version'), version);
  await git(server, 'add', '--all');
  await git(server, 'commit', '--quiet', '--message', version);
  await git(server, 'tag', version);
}

async function clone(...options: string[]) {
  const where = join(directory, 'clone');
  await git(directory, 'clone', '--quiet', ...options, pathToFileURL(server).href, where);
  return openProgramClone(where, environment);
}

describe('a clone', () => {
  it.each([
    ['of everything', []],
    ['of the last commit alone', ['--depth=1']],
    ['of one release alone', ['--depth=1', '--branch=v1.1.0', '-c', 'advice.detachedHead=false']],
  ])('%s finds each release of the server, and nothing in its way', async (_what, options) => {
    const program = await clone(...options);
    await release('v1.2.0');
    await program.fetch();
    for (const [wanted, version] of [
      [undefined, 'v1.2.0'],
      ['v1.0.0', 'v1.0.0'],
    ] as const) {
      const found = await program.find(wanted);
      expect(found?.commit).toBe(await git(server, 'rev-parse', version));
      if (found !== undefined)
        expect(await program.inTheWayOf(found)).toEqual({ changed: [], ownCommits: 0, untracked: [] });
    }
  });

  it('of a server on which a tag was moved is told so', async () => {
    const program = await clone();
    await git(server, 'tag', '--force', 'v1.0.0', 'HEAD');
    await expect(program.fetch()).rejects.toThrow(
      /\[rejected\] +v1\.0\.0 +-> v1\.0\.0 +\(would clobber existing tag\)/,
    );
  });
});
