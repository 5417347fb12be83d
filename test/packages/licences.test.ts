import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licencesOf, refusedLicences } from './licences.ts';
import { type LockedPackage, nameAt, readLockFile } from './lock-file.ts';
import { licencesPage } from './write-licences.ts';

const root = join(import.meta.dirname, '../..');

describe('licences of what the bot runs on', () => {
  it('are ones that were agreed to', async () => expect(refusedLicences(await readLockFile())).toEqual([]));

  it('are listed in docs/licences.md as they are', async () => {
    expect(await readFile(join(root, 'docs/licences.md'), 'utf8')).toBe(licencesPage(await readLockFile()));
  });

  it('are in the lock file what the installed packages say', async () => {
    const { packages } = await readLockFile();
    for (const [path, { license, dev }] of Object.entries(packages)) {
      if (path === '' || dev) continue;
      const text = await readFile(join(root, path, 'package.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' && packages[path]?.optional) return undefined; // of another machine
        throw error;
      });
      if (text !== undefined) expect([nameAt(path), JSON.parse(text).license]).toEqual([nameAt(path), license]);
    }
  });

  it.each<[string, LockedPackage, readonly string[]]>([
    ['MIT', { license: 'MIT' }, []],
    ['AGPL-3.0-only', { license: 'AGPL-3.0-only' }, ['x@1.0.0: licence AGPL-3.0-only is not in allowedLicences']],
    ['a choice of two', { license: '(MIT OR X)' }, ['x@1.0.0: licence (MIT OR X) is not in allowedLicences']],
    ['none', {}, ['x@1.0.0: licence none told is not in allowedLicences']],
    ['one of a package for development', { license: 'MPL-2.0', dev: true }, []],
    [
      'one of a package under another name',
      { name: 'y', license: 'No' },
      ['y@1.0.0: licence No is not in allowedLicences'],
    ],
  ])('with %s', (_what, more, problems) => {
    const lock = { packages: { '': {}, 'node_modules/x': { version: '1.0.0', ...more } } };
    expect(refusedLicences(lock)).toEqual(problems);
  });

  it('name a package in a package too', () => {
    const lock = { packages: { 'node_modules/a/node_modules/@b/c': { version: '1.0.0', license: 'ISC' } } };
    expect([...licencesOf(lock)]).toEqual([['ISC', ['@b/c@1.0.0']]]);
  });
});
