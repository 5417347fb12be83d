import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startS3 } from '../stand-ins/s3.ts';

// The S3 server of the measurements, in a process of its own: what it takes is its own.

export async function startS3Process(bucket: string): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const child = fork(import.meta.filename, { env: { ...process.env, S3_BUCKET: bucket } });
  const [endpoint] = (await once(child, 'message')) as [string];
  return {
    endpoint,
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

const bucket = process.env['S3_BUCKET'];
if (bucket !== undefined && process.send !== undefined) {
  const s3 = await startS3();
  await s3.createBucket(bucket);
  process.send(s3.endpoint);
}
