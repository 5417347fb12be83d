import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { fillFrom, type OpenFile } from './open-file.ts';
import type { PartPlan } from './plan-parts.ts';

interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Sends a file, and gives back the id of its version in a bucket that has versions. Each request that is under way has a buffer, used again
 * for the next part: their number times their size is in memory, however large the file. `onSent`: hears how many bytes were sent.
 */
export async function sendFile(
  client: S3Client,
  address: ObjectAddress,
  file: OpenFile,
  plan: PartPlan,
  onSent: (bytes: number) => void,
): Promise<string | undefined> {
  if (file.sizeBytes <= plan.partSize) {
    const Body = await fillFrom(file, Buffer.allocUnsafeSlow(file.sizeBytes), 0);
    const { VersionId } = await client.send(new PutObjectCommand({ ...address, Body }));
    onSent(file.sizeBytes);
    return VersionId;
  }
  const wantsChecksums = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
  const checksum = wantsChecksums && ({ ChecksumAlgorithm: 'CRC32' } as const);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...address, ...checksum }));
  const upload = { ...address, UploadId };
  try {
    const Parts = await sendParts(file, plan, onSent, async (PartNumber, Body) => {
      const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      return { PartNumber, ETag, ChecksumCRC32 };
    });
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
    return (await client.send(complete)).VersionId;
  } catch (error) {
    // Stores keep, and charge for, parts that became no object.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

/** In their order. After a failure no further part is begun; throws once none is under way. */
async function sendParts(
  file: OpenFile,
  { partSize, queueSize }: PartPlan,
  onSent: (bytes: number) => void,
  send: (partNumber: number, body: Buffer) => Promise<CompletedPart>,
): Promise<CompletedPart[]> {
  const count = Math.ceil(file.sizeBytes / partSize);
  const parts: CompletedPart[] = [];
  const failures: unknown[] = [];
  let [begun, sentBytes] = [0, 0];
  const sendInTurn = async () => {
    const buffer = Buffer.allocUnsafeSlow(partSize);
    while (begun < count && failures.length === 0) {
      const index = begun++;
      const start = index * partSize;
      const body = await fillFrom(file, buffer.subarray(0, Math.min(partSize, file.sizeBytes - start)), start);
      parts[index] = await send(index + 1, body);
      sentBytes += body.length;
      onSent(sentBytes);
    }
  };
  const queues = Array.from({ length: Math.min(queueSize, count) }, () =>
    sendInTurn().catch((error: unknown) => failures.push(error)),
  );
  await Promise.all(queues);
  if (failures.length > 0) throw failures[0];
  return parts;
}
