/** How `~/.aws/config` wants files to be sent; absent values are ours to choose. Sizes in bytes. */
export interface Transfer {
  /** Smaller files are sent in one request. */
  readonly multipartThreshold?: number;
  readonly multipartChunksize?: number;
  readonly maxConcurrentRequests?: number;
}

const mebibyte = 1024 * 1024;
/** Limits of stores: the least size of all parts but the last, and the most parts. */
const [smallestPart, mostParts] = [5 * mebibyte, 10_000];
/** The parts that are sent concurrently are in memory. */
const mostInMemory = 512 * mebibyte;
const usualRequests = 4;

/** The size of a file's parts, and how many are sent concurrently. */
export interface PartPlan {
  readonly partSize: number;
  readonly queueSize: number;
}

/** A file of one part is sent in one request. */
export function planParts(sizeBytes: number, wanted: Transfer): PartPlan {
  const { multipartThreshold = 0, multipartChunksize = smallestPart, maxConcurrentRequests = usualRequests } = wanted;
  if (sizeBytes < multipartThreshold && sizeBytes <= mostInMemory)
    return { partSize: Math.max(smallestPart, sizeBytes), queueSize: 1 };
  let partSize = Math.min(Math.max(smallestPart, multipartChunksize), mostInMemory);
  while (Math.ceil(sizeBytes / partSize) > mostParts) partSize *= 2;
  const fitting = Math.max(1, Math.floor(mostInMemory / partSize));
  return { partSize, queueSize: Math.min(maxConcurrentRequests, fitting) };
}
