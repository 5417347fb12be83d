import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import tar from 'tar-stream';
import { environmentsOf } from '../outside/processes/child-environment.ts';
import type { Compression } from './artefact-name.ts';
import { type OpenFile, streamBytes } from './open-file.ts';
import { zstdFrames } from './zstd-frames.ts';

const gibibyte = 1024 ** 3;
/** Far above any real artefact; a few MiB can unpack to days of work. */
const maximumUnpackedBytes = 256 * gibibyte;
const xzMemory = '1GiB';
const chunkSize = 512 * 1024;

/** Not the archive's fault. */
export class MissingProgram extends Error {
  override name = 'MissingProgram';
}

/**
 * Reads the archive to its end, as `tar t` would, and returns the number of entries; throws if it is not a complete archive.
 * Writes nothing, and holds some MiB at most, whatever the archive claims.
 */
export async function checkArchive(file: OpenFile, compression: Compression): Promise<number> {
  try {
    const entries = await countEntries(unpacked(file, compression));
    if (entries === 0) throw new Error('there is nothing in it');
    return entries;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\. Maybe .*|\.$/, '') : String(error);
    throw new Error(`'${file.path}' is no complete ${nameOf[compression]}: ${why}.`, { cause: error });
  }
}

const nameOf: Readonly<Record<Compression, string>> = {
  none: 'tar archive',
  gzip: 'gzip-compressed tar archive',
  zstd: 'zstd-compressed tar archive',
  xz: 'xz-compressed tar archive',
};

function unpacked(file: OpenFile, compression: Compression): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'none':
      return streamBytes(file);
    case 'gzip':
      return through(streamBytes(file), createGunzip({ chunkSize }));
    case 'zstd':
      return unpackZstd(file);
    case 'xz':
      return unpackXz(file);
  }
}

/** Connects both, so that an error of the source becomes an error of the output. */
function through(source: Readable, decompressor: Readable & NodeJS.WritableStream): Readable {
  source.on('error', (error) => decompressor.destroy(error));
  decompressor.on('close', () => source.destroy());
  source.pipe(decompressor);
  return decompressor;
}

async function* unpackZstd(file: OpenFile): AsyncGenerator<Uint8Array> {
  for (const { start, end } of await zstdFrames(file)) {
    yield* through(streamBytes(file, start, end), createZstdDecompress({ chunkSize }));
  }
}

/** Node cannot read xz. The program gets the bytes on stdin, and an environment without secrets. */
async function* unpackXz(file: OpenFile): AsyncGenerator<Uint8Array> {
  const { execa } = await import('execa'); // 111 modules, for this and signing alone
  const xz = execa('xz', ['--decompress', '--stdout', '--format=xz', `--memlimit-decompress=${xzMemory}`], {
    input: streamBytes(file),
    buffer: false,
    reject: false,
    extendEnv: false,
    env: environmentsOf(process.env).tool,
  });
  let said = '';
  xz.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString('utf8')).slice(0, 500);
  });
  try {
    yield* xz.stdout;
    const result = await xz;
    if (result.code === 'ENOENT')
      throw new MissingProgram('the program xz, which reads it, is not installed on this machine');
    if (result.failed) throw new Error(said.trim().replace(/^xz: /, '') || result.shortMessage);
  } finally {
    xz.kill('SIGKILL');
  }
}

async function countEntries(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let entries = 0;
  // Archives in the format of before 1988 have no magic word; the checksum of each header is still checked.
  const options: Parameters<typeof tar.extract>[0] & { allowUnknownFormat: boolean } = { allowUnknownFormat: true };
  const extract = tar.extract(options);
  extract.on('entry', (_header, content, next) => {
    entries += 1;
    content.on('error', () => undefined); // the pipeline below reports it
    content.on('end', next);
    content.resume();
  });
  await pipeline(bounded(bytes), extract);
  return entries;
}

async function* bounded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > maximumUnpackedBytes) {
      throw new Error(`it unpacks to more than ${maximumUnpackedBytes / gibibyte} GiB`);
    }
    yield chunk;
  }
}
