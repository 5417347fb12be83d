import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gitCommands } from '../../src/outside/git/git-commands.ts';
import { hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

let root: string;
let fresh: string;
const environment = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
const git = gitCommands({
  mirrorsDir: '/nonexistent',
  serverUrl: 'https://github.invalid',
  cloneVia: 'https',
  environment,
  askpassProgram: '/bin/false',
  readToken: async () => 'none',
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fuzz-diffs-'));
  fresh = join(root, 'fresh');
  await mkdir(join(fresh, 'dir'), { recursive: true });
  await execa('git', ['init', '--quiet', '--template=', '.'], { cwd: fresh, env: environment, extendEnv: false });
  await writeFile(join(fresh, 'dir/file'), 'old\n');
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
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const place = join(root, String(number++));
      await cp(fresh, join(place, 'job'), { recursive: true });
      await mkdir(join(place, 'outside'));
      await writeFile(join(place, 'diff'), changes.map(diffOf).join(''));
      await git.applyDiff(join(place, 'job'), join(place, 'diff'));
      expect((await readdir(place)).sort()).toEqual(['diff', 'job', 'outside']);
      expect(await readdir(join(place, 'outside'))).toEqual([]);
      expect((await readdir(join(place, 'job/.git'))).sort()).toEqual((await readdir(join(fresh, '.git'))).sort());
      expect(await readFile(join(place, 'job/.git/config'))).toEqual(await readFile(join(fresh, '.git/config')));
      expect((await readdir(tmpdir())).filter((each) => each === 'fuzz-diffs-new')).toEqual([]);
      await rm(place, { recursive: true });
    }),
    howOften(100),
  );
});
