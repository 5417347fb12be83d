import type { OpenFile } from './open-file.ts';

/** Parallel compressors make frames of some MiB; millions of tiny ones are an attack on our time. */
const maximumFrames = 10_000;
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** From `start` to `end`, exclusive. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the frames of a zstd file (RFC 8878), since Node's decompressor stops at the end of the first one.
 * Throws where the file is not made of whole frames.
 */
export async function zstdFrames(file: OpenFile): Promise<ByteRange[]> {
  const frames: ByteRange[] = [];
  let start = 0;
  for (let found = 0; start < file.sizeBytes; found += 1) {
    if (found === maximumFrames) throw new Error(`it has more than ${maximumFrames} zstd frames`);
    const magic = (await bytesAt(file, start, 4)).readUInt32LE();
    const skipped = (magic & 0xfffffff0) >>> 0 === skippableMagic;
    if (!skipped && magic !== frameMagic) throw new Error(`there is no zstd frame at byte ${start}`);
    const end = skipped ? start + 8 + (await bytesAt(file, start + 4, 4)).readUInt32LE() : await frameEnd(file, start);
    if (end > file.sizeBytes) throw new Error('it is cut off');
    if (!skipped) frames.push({ start, end });
    start = end;
  }
  return frames;
}

async function frameEnd(file: OpenFile, start: number): Promise<number> {
  const descriptor = (await bytesAt(file, start + 4, 1)).readUInt8();
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  let position = start + 5 + (singleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
  for (;;) {
    const block = (await bytesAt(file, position, 3)).readUIntLE(0, 3);
    const repeatsOneByte = ((block >> 1) & 0x03) === 1;
    position += 3 + (repeatsOneByte ? 1 : block >> 3);
    if ((block & 1) === 1) break;
  }
  const checksumBytes = (descriptor & 0x04) === 0 ? 0 : 4;
  return position + checksumBytes;
}

async function bytesAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('it is cut off');
  return buffer;
}
