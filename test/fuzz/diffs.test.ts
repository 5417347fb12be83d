import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exists } from '../../src/outside/files/exists.ts';
import { gitHubPlaces } from '../../src/outside/forge/github/git-places.ts';
import { applyToTree } from '../../src/outside/git/change-tree.ts';
import { gitCommands } from '../../src/outside/git/git-commands.ts';
import { inRepository } from '../../src/outside/git/run-git.ts';
import { environmentsOf } from '../../src/outside/processes/child-environment.ts';
import { hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

let root: string;
let head: string;
const environments = environmentsOf({ PATH: process.env['PATH'] });
const mirror = { repository: { owner: 'o', name: 'r' }, baseBranch: 'main', pullRequest: 9 };

/** The git whose mirrors lie in `root`. */
const git = () =>
  gitCommands({
    mirrorsDir: join(root, 'mirrors'),
    ...gitHubPlaces({ serverUrl: 'https://github.invalid', cloneVia: 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'none',
  });
const mirrorPath = () => join(root, 'mirrors/o/r.git');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fuzz-diffs-'));
  const work = join(root, 'work');
  await mkdir(join(work, 'dir'), { recursive: true });
  await writeFile(join(work, 'dir/file'), 'old\n');
  const run = inRepository(['-C', work], environments.git);
  await run(['init', '--quiet', '--template=', '--initial-branch=main', '.']);
  await run(['add', '.']);
  await run(['commit', '--quiet', '-m', 'base']);
  head = (await run(['rev-parse', 'HEAD'])).trim();
  await run(['clone', '--quiet', '--bare', '--template=', '.', mirrorPath()]);
});
afterAll(() => rm(root, { recursive: true }));

const up = '../outside/new';
const name = fc.oneof(
  fc.constantFrom(
    ...[
      up,
      `dir/${up}`,
      `dir/../${up}`,
      '/tmp/fuzz-diffs-new',
      '.git/config',
      '.git/hooks/post-checkout',
      '.GIT/config',
    ],
    ...[
      '.git',
      'git~1/config',
      '.g\u200cit/config',
      'dir/.git/config',
      'dir',
      'dir/file',
      'link',
      'link/new',
      'link/../x',
      '-h',
      '--help',
    ],
  ),
  hostileText,
);
const target = fc.oneof(fc.constantFrom('../outside', '.git', '/tmp', 'dir'), hostileText);

/** A name as git writes it into a diff: quoted as in C, or as it is. */
const written = (text: string, quoted: boolean) =>
  quoted ? `"${[...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"` : text;

const change = fc.record({
  path: name,
  other: name,
  quoted: fc.boolean(),
  target,
  kind: fc.constantFrom('file', 'executable', 'link', 'submodule', 'change', 'rename', 'delete'),
});

function diffOf({ path, other, quoted, target: to, kind }: typeof change extends fc.Arbitrary<infer T> ? T : never) {
  const [from, into] = [written(`a/${path}`, quoted), written(`b/${path}`, quoted)];
  const begin = `diff --git ${from} ${into}\n`;
  const added = (mode: string, line: string) =>
    `${begin}new file mode ${mode}\n--- /dev/null\n+++ ${into}\n@@ -0,0 +1 @@\n+${line}\n\\ No newline at end of file\n`;
  switch (kind) {
    case 'file':
      return added('100644', 'evil');
    case 'executable':
      return added('100755', '#!/bin/sh');
    case 'link':
      return added('120000', to);
    case 'submodule':
      return added('160000', `Subproject commit ${'1'.repeat(40)}`);
    case 'change':
      return `${begin}--- ${from}\n+++ ${into}\n@@ -1 +1 @@\n-old\n+evil\n`;
    case 'delete':
      return `${begin}deleted file mode 100644\n--- ${from}\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n`;
    default:
      return `diff --git a/dir/file ${written(`b/${other}`, quoted)}\nsimilarity index 100%\nrename from dir/file\nrename to ${written(other, quoted)}\n`;
  }
}

it('whatever names a diff has, it changes the job directory only, and nothing of its .git', async () => {
  let [number, made] = [0, 0];
  const fresh = join(root, 'fresh');
  const unchanged = { kind: 'change', base: head, tree: `${head}^{tree}`, submodules: [] } as const;
  expect(await git().checkOut(mirror, unchanged, fresh)).toEqual({ kind: 'checked-out' });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const place = join(root, String(number++));
      await mkdir(join(place, 'outside'), { recursive: true });
      const diff = { file: join(place, 'diff'), isEmpty: false, temporaryIndex: join(place, 'index') };
      await writeFile(diff.file, changes.map(diffOf).join(''));
      const inMirror = inRepository([`--git-dir=${mirrorPath()}`], environments.git);
      const tree = await applyToTree(inMirror, head, diff).catch(() => undefined);
      if (tree !== undefined) {
        // One with a link that leads nowhere cannot be made.
        const checkedOut = await git().checkOut(mirror, { ...unchanged, tree }, join(place, 'job'));
        if (checkedOut.kind === 'checked-out') made += 1;
        else await rm(join(place, 'job'), { recursive: true, force: true });
      }
      const isMade = await exists(join(place, 'job'));
      if (isMade) {
        expect((await readdir(join(place, 'job/.git'))).sort()).toEqual((await readdir(join(fresh, '.git'))).sort());
        expect(await readFile(join(place, 'job/.git/config'))).toEqual(await readFile(join(fresh, '.git/config')));
      }
      const expected = isMade ? ['diff', 'job', 'outside'] : ['diff', 'outside'];
      expect((await readdir(place)).sort()).toEqual(expected);
      expect(await readdir(join(place, 'outside'))).toEqual([]);
      expect((await readdir(tmpdir())).filter((each) => each === 'fuzz-diffs-new')).toEqual([]);
      await rm(place, { recursive: true });
    }),
    howOften(100),
  );
  expect(made).toBeGreaterThan(5);
});
