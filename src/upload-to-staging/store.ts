import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { digest } from '../outside/files/read-bytes.ts';
import { explainStoreError, type StoreAttempt } from './explain-store-error.ts';
import { type OpenFile, readBytes } from './open-file.ts';

/** A bucket. Credentials are found where the AWS SDK looks for them: environment, ~/.aws. */
interface Store {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty: AWS. */
  readonly endpoint: string;
}

/** Makes a client for a bucket; nothing is sent yet. */
export async function connectToStore(bucket: string, endpoint: string): Promise<Store> {
  const agentOptions = { keepAlive: true, maxSockets: 8, proxyEnv: process.env };
  const configuration: S3ClientConfig = {
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 120_000,
      httpAgent: new HttpAgent(agentOptions),
      httpsAgent: new HttpsAgent(agentOptions),
    },
  };
  if (endpoint !== '') {
    configuration.endpoint = endpoint;
    configuration.forcePathStyle = true;
    // Older servers refuse the SDK's own checksums; every object is read back and compared anyway.
    configuration.requestChecksumCalculation = 'WHEN_REQUIRED';
    configuration.responseChecksumValidation = 'WHEN_REQUIRED';
  }
  return { client: await inSomeRegion(configuration), bucket, endpoint };
}

/** The configured region, else us-east-1; the SDK does not know AWS_DEFAULT_REGION, which the program `aws` reads. */
async function inSomeRegion(configuration: S3ClientConfig): Promise<S3Client> {
  const region = process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'];
  if (region) return new S3Client({ ...configuration, region });
  const client = new S3Client(configuration);
  try {
    await client.config.region();
    return client;
  } catch {
    return new S3Client({ ...configuration, region: 'us-east-1' });
  }
}

/** Stores a file under a key and reads it back: throws a sentence unless the store holds exactly the bytes with this digest. */
export async function storeVerified(store: Store, key: string, file: OpenFile, sha256: string): Promise<void> {
  const address = { Bucket: store.bucket, Key: key };
  const result = await attempt(store, 'store', key, () =>
    new Upload({
      client: store.client,
      params: { ...address, Body: readBytes(file), ContentLength: file.sizeBytes },
    }).done(),
  );
  const stored = { ...address, ...(result.VersionId === undefined ? {} : { VersionId: result.VersionId }) };
  const found = await attempt(store, 'read back', key, async () => {
    const { ContentLength } = await store.client.send(new HeadObjectCommand(stored));
    if (ContentLength !== file.sizeBytes) return { sizeBytes: ContentLength, sha256: undefined };
    const { Body } = await store.client.send(new GetObjectCommand(stored));
    if (!(Body instanceof Readable)) throw new Error('the answer has no content');
    return digest(Body);
  });
  if (found.sizeBytes === file.sizeBytes && found.sha256 === sha256) return;
  const [sent, kept] =
    found.sizeBytes === file.sizeBytes
      ? [`the SHA-256 ${sha256}`, found.sha256]
      : [`${file.sizeBytes} bytes`, `${found.sizeBytes} bytes`];
  throw new Error(`'${key}' in bucket '${store.bucket}' is not what was sent: ${sent} became ${kept}.`);
}

async function attempt<T>(
  store: Store,
  action: StoreAttempt['action'],
  key: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { bucket, endpoint } = store;
    throw new Error(explainStoreError(error, { action, key, bucket, endpoint }), { cause: error });
  }
}
