import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../outside/files/read-bytes.ts';
import { expectUnchanged, openFile, streamBytes } from './open-file.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'open-file-'));
  path = join(directory, 'file');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('what is not opened', () => {
  it.each`
    what               | make                                  | why
    ${'nothing'}       | ${async () => undefined}              | ${'does not exist.'}
    ${'an empty file'} | ${() => writeFile(path, '')}          | ${'is empty.'}
    ${'a directory'}   | ${() => mkdir(path)}                  | ${'is not a regular file.'}
    ${'a device'}      | ${() => symlink('/dev/zero', path)}   | ${'is a symbolic link.'}
    ${'a link'}        | ${() => symlink('/etc/passwd', path)} | ${'is a symbolic link.'}
    ${'a pipe'}        | ${() => execa('mkfifo', [path])}      | ${'is not a regular file.'}
  `('$what: it $why', async ({ make, why }) => {
    await make();
    await expect(openFile(path)).rejects.toThrow(`'${path}' ${why}`);
  });
});

it('a device itself is not opened', async () => {
  await expect(openFile('/dev/zero')).rejects.toThrow("'/dev/zero' is not a regular file.");
});

describe('an open file', () => {
  it('keeps its bytes when its name is given to another file', async () => {
    await writeFile(path, 'first');
    const file = await openFile(path);
    await writeFile(`${path}.new`, 'other');
    await rename(`${path}.new`, path);
    expect(await text(streamBytes(file))).toBe('first');
    expect(await text(streamBytes(file, 1, 3))).toBe('ir');
    expect(await digest(streamBytes(file))).toEqual({
      sha256: 'a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e',
      sizeBytes: 5,
    });
    await file.handle.close();
  });

  it('tells when it was written to', async () => {
    await writeFile(path, 'first');
    const file = await openFile(path);
    await expect(expectUnchanged(file)).resolves.toBeUndefined();
    await appendFile(path, 'more');
    await expect(expectUnchanged(file)).rejects.toThrow('something still writes to it');
    await file.handle.close();
  });

  it('says so when it becomes shorter while it is read', async () => {
    await writeFile(path, 'first');
    const file = await openFile(path);
    await writeFile(path, 'f');
    await expect(text(streamBytes(file))).rejects.toThrow('it became shorter while it was read');
    await file.handle.close();
  });
});
