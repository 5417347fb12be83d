import { startS3 } from '../stand-ins/s3.ts';
import { forkServer } from './fork-server.ts';

/** The S3 server of the measurements, with one bucket; its address is its endpoint. */
export const startS3Process = (bucket: string) => forkServer<string>(import.meta.filename, { S3_BUCKET: bucket });

const bucket = process.env['S3_BUCKET'];
if (bucket !== undefined && process.send !== undefined) {
  const s3 = await startS3();
  await s3.createBucket(bucket);
  process.send(s3.endpoint);
}
