import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';

/** A small S3 server on this machine: keeps objects in memory, accepts any credentials. */
export interface S3StandIn {
  readonly endpoint: string;
  createBucket(bucket: string): Promise<void>;
  /** All keys of a bucket, in the order of the alphabet. */
  keys(bucket: string): Promise<string[]>;
  read(bucket: string, key: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** What a program needs in its environment to use the server. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'stand-in', AWS_SECRET_ACCESS_KEY: 'stand-in' } as const;

/** Starts the server on a free port of 127.0.0.1; fauxqs's own launcher would listen on all addresses. */
export async function startS3(): Promise<S3StandIn> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: {
      accessKeyId: s3Credentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: s3Credentials.AWS_SECRET_ACCESS_KEY,
    },
  });
  return {
    endpoint,
    async createBucket(bucket) {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    async keys(bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])).sort();
    },
    async read(bucket, key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body === undefined) throw new Error(`${bucket}/${key} has no content`);
      return Buffer.from(await Body.transformToByteArray());
    },
    async close() {
      client.destroy();
      await app.close();
    },
  };
}
