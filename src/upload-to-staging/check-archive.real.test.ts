import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compression } from './artefact-name.ts';
import { checkArchive } from './check-archive.ts';
import { openFile } from './open-file.ts';

let directory: string;
let archive: Buffer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-archive-'));
  await writeFile(join(directory, 'random'), randomBytes(700_000));
  await writeFile(join(directory, `${'long'.repeat(60)}`), 'long name');
  await execa('tar', ['--create', '--file=all.tar', 'random', 'long'.repeat(60)], { cwd: directory });
  archive = await readFile(join(directory, 'all.tar'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function check(content: Buffer, compression: Compression): Promise<number> {
  const path = join(directory, 'candidate');
  await writeFile(path, content);
  const file = await openFile(path);
  try {
    return await checkArchive(file, compression);
  } finally {
    await file.handle.close();
  }
}

const xz = async (content: Buffer) => {
  const { stdout } = await execa('xz', ['--stdout'], { input: content, encoding: 'buffer' });
  return Buffer.from(stdout);
};
const half = () => archive.subarray(0, 300_000);
const rest = () => archive.subarray(300_000);
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe('archives', () => {
  it.each`
    what                             | compression | content
    ${'plain'}                       | ${'none'}   | ${() => archive}
    ${'gzip'}                        | ${'gzip'}   | ${() => gzipSync(archive)}
    ${'gzip in several members'}     | ${'gzip'}   | ${() => Buffer.concat([gzipSync(half()), gzipSync(rest())])}
    ${'zstd'}                        | ${'zstd'}   | ${() => zstdCompressSync(archive)}
    ${'zstd in several frames'}      | ${'zstd'}   | ${() => Buffer.concat([zstdCompressSync(half()), skippable, zstdCompressSync(rest())])}
    ${'xz'}                          | ${'xz'}     | ${() => xz(archive)}
    ${'without the two last blocks'} | ${'none'}   | ${() => archive.subarray(0, archive.findLastIndex((byte) => byte !== 0) + 512 - (archive.findLastIndex((byte) => byte !== 0) % 512))}
  `('$what', async ({ compression, content }) => {
    expect(await check(await content(), compression)).toBe(2);
  });

  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])('of the tar format %s', async (format) => {
    const { stdout } = await execa('tar', ['--create', `--format=${format}`, 'random'], {
      cwd: directory,
      encoding: 'buffer',
    });
    expect(await check(Buffer.from(stdout), 'none')).toBe(1);
  });

  it.each(['--fast', '-19', '--no-check', '--no-content-size'])('made by zstd %s', async (option) => {
    const { stdout } = await execa('zstd', ['-q', '--stdout', option], { input: archive, encoding: 'buffer' });
    expect(await check(Buffer.from(stdout), 'zstd')).toBe(2);
  });
});

describe('what is none', () => {
  it.each`
    what                                | compression | content                                                                  | why
    ${'a text'}                         | ${'none'}   | ${() => Buffer.from('hello\n')}                                          | ${/no complete tar archive: Unexpected end of data\.$/}
    ${'a long text'}                    | ${'none'}   | ${() => Buffer.from('hello\n'.repeat(1000))}                             | ${/no complete tar archive: Invalid tar header/}
    ${'a text named .tar.gz'}           | ${'gzip'}   | ${() => Buffer.from('hello\n')}                                          | ${/no complete gzip-compressed tar archive: incorrect header check\.$/}
    ${'a compressed text'}              | ${'gzip'}   | ${() => gzipSync('hello\n')}                                             | ${/Unexpected end of data/}
    ${'zstd named .tar.gz'}             | ${'gzip'}   | ${() => zstdCompressSync(archive)}                                       | ${/incorrect header check/}
    ${'gzip named .tar.zst'}            | ${'zstd'}   | ${() => gzipSync(archive)}                                               | ${/there is no zstd frame at byte 0/}
    ${'gzip named .tar.xz'}             | ${'xz'}     | ${() => gzipSync(archive)}                                               | ${/no complete xz-compressed tar archive: .*not recognized/}
    ${'a cut gzip'}                     | ${'gzip'}   | ${() => gzipSync(archive).subarray(0, -9)}                               | ${/unexpected end of file/}
    ${'a cut zstd'}                     | ${'zstd'}   | ${() => zstdCompressSync(archive).subarray(0, -1)}                       | ${/it is cut off/}
    ${'a zstd of three bytes'}          | ${'zstd'}   | ${() => zstdCompressSync(archive).subarray(0, 3)}                        | ${/it is cut off/}
    ${'a cut xz'}                       | ${'xz'}     | ${async () => (await xz(archive)).subarray(0, -100)}                     | ${/Unexpected end of input/}
    ${'a cut archive'}                  | ${'none'}   | ${() => archive.subarray(0, 400_000)}                                    | ${/Unexpected end of data/}
    ${'a cut archive, compressed'}      | ${'zstd'}   | ${() => zstdCompressSync(half())}                                        | ${/Unexpected end of data/}
    ${'something after the gzip'}       | ${'gzip'}   | ${() => Buffer.concat([gzipSync(archive), Buffer.from('more')])}         | ${/incorrect header check/}
    ${'something after the zstd'}       | ${'zstd'}   | ${() => Buffer.concat([zstdCompressSync(archive), Buffer.from('more')])} | ${/there is no zstd frame at byte/}
    ${'something after the archive'}    | ${'none'}   | ${() => Buffer.concat([archive, Buffer.from('more')])}                   | ${/Unexpected end of data/}
    ${'an archive of nothing'}          | ${'none'}   | ${() => Buffer.alloc(10_240)}                                            | ${/there is nothing in it/}
    ${'nothing, compressed'}            | ${'gzip'}   | ${() => gzipSync('')}                                                    | ${/there is nothing in it/}
    ${'thousands of frames of nothing'} | ${'zstd'}   | ${() => Buffer.concat(Array(10_001).fill(zstdCompressSync('')))}         | ${/more than 10000 zstd frames/}
  `('$what', async ({ compression, content, why }) => {
    await expect(check(await content(), compression)).rejects.toThrow(why);
  });

  it('an archive whose bytes are damaged', async () => {
    const damaged = gzipSync(archive);
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 0xff;
    await expect(check(damaged, 'gzip')).rejects.toThrow('no complete gzip-compressed tar archive');
  });

  it('says so where xz is not installed', async () => {
    const content = await xz(archive);
    const path = process.env['PATH'];
    process.env['PATH'] = directory;
    try {
      await expect(check(content, 'xz')).rejects.toThrow('the program xz, which reads it, is not installed');
    } finally {
      process.env['PATH'] = path;
    }
  });
});

it('reads a GiB of zeros out of 100 KiB in little memory', async () => {
  const path = join(directory, 'bomb.tar.zst');
  const size = 1024 ** 3;
  const header = await headerOf(size);
  await writeFile(path, zstdCompressSync(header));
  const zeros = zstdCompressSync(Buffer.alloc(64 * 1024 ** 2));
  for (let written = 0; written < size; written += 64 * 1024 ** 2) await appendFile(path, zeros);
  const file = await openFile(path);
  const before = process.memoryUsage().rss;
  expect(await checkArchive(file, 'zstd')).toBe(1);
  await file.handle.close();
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
});

/** The header block of a file of that size. */
async function headerOf(sizeBytes: number): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: 'zeros', size: sizeBytes });
  for await (const block of pack) if (Buffer.isBuffer(block)) return block;
  throw new Error('there is no header');
}
