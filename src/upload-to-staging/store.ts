import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { nodeHttp } from '../daemon/node-http.ts';
import { digest } from '../outside/files/read-bytes.ts';
import { readAwsFiles } from './aws-files.ts';
import { readAwsSettings } from './aws-settings.ts';
import { whyNoAddress } from './endpoint-address.ts';
import { explainStoreError } from './explain-store-error.ts';
import { judgeAnswer, type StoreAttempt } from './judge-answer.ts';
import { keepAnswers } from './keep-answers.ts';
import type { OpenFile } from './open-file.ts';
import { planParts, type Transfer } from './plan-parts.ts';
import { sendFile } from './send-file.ts';
import { trustedCas } from './trusted-cas.ts';

/** A bucket of a store. */
interface Store {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty: AWS. */
  readonly endpoint: string;
  readonly transfer: Transfer;
}

/**
 * Makes a client for a bucket; sends nothing yet. `endpoint`: empty if the option is not given; then environment and ~/.aws decide, as for
 * the program `aws`. Throws a sentence if they are unusable.
 */
export async function connectToStore(bucket: string, endpoint: string): Promise<Store> {
  const settings = readAwsSettings({ environment: process.env, endpoint, ...(await readAwsFiles(process.env)) });
  const address = settings.endpoint?.value ?? '';
  const problem = settings.endpoint && whyNoAddress(settings.endpoint.where, address);
  if (problem !== undefined) throw new Error(problem);
  const { transfer } = settings;
  const maxSockets = Math.max(8, transfer.maxConcurrentRequests ?? 0);
  const agentOptions = { keepAlive: true, maxSockets, proxyEnv: process.env };
  const isPlain = address.startsWith('http://');
  const secureContext = isPlain ? undefined : await trustedCas(settings.caBundle);
  const { profile, credentials, maxAttempts } = settings;
  const client = new S3Client({
    ...(profile !== '' && { profile }),
    ...(credentials && { credentials }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(address !== '' && { endpoint: address }),
    forcePathStyle: settings.pathStyle,
    region: settings.region,
    requestChecksumCalculation: settings.requestChecksums,
    responseChecksumValidation: settings.responseChecksums,
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 120_000,
      httpAgent: new nodeHttp.Agent(agentOptions),
      httpsAgent: new HttpsAgent({ ...agentOptions, ...(secureContext && { secureContext }) }),
    },
  });
  const attempt: StoreAttempt = { action: 'store', key: '', bucket, endpoint: address };
  keepAnswers(client, (answer) => judgeAnswer(answer, attempt).passes);
  return { client, bucket, endpoint: address, transfer };
}

/**
 * Stores a file under a key and reads it back: throws a sentence unless the store has exactly the bytes with this digest. Gives back the
 * id of the version, in a bucket that has versions. `onSent`: hears how many bytes were sent, as the parts go.
 */
export async function storeVerified(
  store: Store,
  key: string,
  file: OpenFile,
  sha256: string,
  onSent: (bytes: number) => void = () => {},
): Promise<{ readonly versionId?: string }> {
  const address = { Bucket: store.bucket, Key: key };
  const plan = planParts(file.sizeBytes, store.transfer);
  const versionId = await attempt(store, { action: 'store', key }, () =>
    sendFile(store.client, address, file, plan, onSent),
  );
  const stored = { ...address, ...(versionId !== undefined && { VersionId: versionId }) };
  const found = await attempt(store, { action: 'read back', key, versionId }, async () => {
    const { ContentLength } = await store.client.send(new HeadObjectCommand(stored));
    if (ContentLength !== file.sizeBytes) return { sizeBytes: ContentLength, sha256: undefined };
    const { Body } = await store.client.send(new GetObjectCommand(stored));
    if (!(Body instanceof Readable)) throw new Error('the answer has no content');
    return digest(Body);
  });
  if (found.sizeBytes === file.sizeBytes && found.sha256 === sha256)
    return versionId === undefined ? {} : { versionId };
  const [sent, kept] =
    found.sizeBytes === file.sizeBytes
      ? [`the SHA-256 ${sha256}`, found.sha256]
      : [`${file.sizeBytes} bytes`, `${found.sizeBytes} bytes`];
  throw new Error(`'${key}' in bucket '${store.bucket}' is not what was sent: ${sent} became ${kept}.`);
}

/** Removes what was stored under a key; throws a sentence if it cannot. */
export async function removeFrom(store: Store, key: string): Promise<void> {
  await attempt(store, { action: 'remove', key }, () =>
    store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: key })),
  );
}

async function attempt<T>(
  { bucket, endpoint }: Store,
  what: Omit<StoreAttempt, 'bucket' | 'endpoint'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(explainStoreError(error, { ...what, bucket, endpoint }), { cause: error });
  }
}
