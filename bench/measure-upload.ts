import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { runProgram } from '../src/outside/processes/run-program.ts';
import { s3Credentials } from '../stand-ins/s3.ts';
import type { Figure, Measured } from './figure.ts';
import { peakMegabytes } from './process-facts.ts';
import { startS3Process } from './s3-server.ts';

const bucket = 'eessi-staging';
const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar';
const partBytes = 5 * 1024 * 1024;

/** Artefacts to a store on this machine and back, beside a client that only sends the same bytes and reads them back. */
export async function measureUpload(isQuick: boolean): Promise<Measured> {
  const figures: Figure[] = [];
  for (const megabytes of isQuick ? [100] : [100, 1_000, 5_000]) figures.push(...(await measureSize(megabytes)));
  return { figures };
}

async function measureSize(megabytes: number): Promise<Figure[]> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-upload-')));
  const store = await startS3Process(bucket);
  try {
    const file = join(directory, name);
    await makeArchive(directory, file, megabytes);
    const alone = await sendAlone(store.address, megabytes);
    const ours = await upload(store.address, file);
    const limit = { what: 'a client that only sends and reads back', value: megabytes / alone };
    const size = `${megabytes} MB`;
    return [
      {
        ...{ part: 'upload', what: `${size}, stored and read back`, unit: 'MB/s' },
        ...{ measured: megabytes / ours.seconds, limit, aim: { atLeastLimits: 0.8 } },
      },
      { part: 'upload', what: `peak memory, ${size}`, unit: 'MB', measured: ours.peak, aim: { atMost: 150 } },
    ];
  } finally {
    await store.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeArchive(directory: string, file: string, megabytes: number): Promise<void> {
  const content = await open(join(directory, 'content'), 'w');
  const piece = randomBytes(1_000_000);
  for (let written = 0; written < megabytes; written++) await content.write(piece);
  await content.close();
  const environment = { PATH: process.env['PATH'] ?? '' };
  const words = ['--create', `--file=${file}`, `--directory=${directory}`, '--remove-files', 'content'];
  const result = await runProgram({ program: 'tar', arguments: words }, { environment });
  if (result.kind !== 'exited' || result.code !== 0) throw new Error(`tar: ${JSON.stringify(result)}`);
}

async function upload(endpoint: string, file: string): Promise<{ seconds: number; peak: number }> {
  const script = join(import.meta.dirname, '../scripts/eessi-upload-to-staging');
  const begin = performance.now();
  const child = spawn(script, ['-e', endpoint, '-n', bucket, file], {
    env: { ...process.env, ...s3Credentials },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const looking = setInterval(() => {
    const take = (now: number) => {
      if (now > peak) peak = now;
    };
    peakMegabytes(child.pid).then(take, () => {}); // it has ended
  }, 100);
  const [status] = (await once(child, 'exit')) as [number | null];
  clearInterval(looking);
  if (status !== 0) throw new Error(`the upload ended with ${status}`);
  return { seconds: (performance.now() - begin) / 1000, peak };
}

/** Seconds. */
async function sendAlone(endpoint: string, megabytes: number): Promise<number> {
  const credentials = {
    accessKeyId: s3Credentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: s3Credentials.AWS_SECRET_ACCESS_KEY,
  };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', credentials });
  const where = { Bucket: bucket, Key: 'alone' };
  const begin = performance.now();
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(where));
  const count = Math.ceil((megabytes * 1e6) / partBytes);
  const piece = Buffer.alloc(partBytes, 1);
  const parts: { ETag: string | undefined; PartNumber: number }[] = [];
  const send = async (first: number) => {
    for (let PartNumber = first; PartNumber <= count; PartNumber += 4) {
      const { ETag } = await client.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body: piece }));
      parts.push({ ETag, PartNumber });
    }
  };
  await Promise.all([1, 2, 3, 4].map(send));
  const Parts = parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
  await client.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }));
  const { Body } = await client.send(new GetObjectCommand(where));
  for await (const _ of Body as AsyncIterable<Uint8Array>);
  const seconds = (performance.now() - begin) / 1000;
  await client.send(new DeleteObjectCommand(where)); // the server keeps it in memory
  client.destroy();
  return seconds;
}
