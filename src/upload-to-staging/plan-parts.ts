/** How `~/.aws/config` wants files to be sent; what is absent is ours to choose. Sizes in bytes. */
export interface Transfer {
  /** A smaller file is sent in one request. */
  readonly multipartThreshold?: number;
  readonly multipartChunksize?: number;
  readonly maxConcurrentRequests?: number;
}

const mebibyte = 1024 * 1024;
/** What stores take: parts but the last one of no less, and no more of them. */
const [smallestPart, mostParts] = [5 * mebibyte, 10_000];
/** A part lies in memory until it is sent, and so does each of those that are sent side by side. */
const mostInMemory = 512 * mebibyte;
const usualRequests = 4;

/** How large the parts of a file are, and how many of them are sent side by side. A file of one part is sent in one request. */
export function planParts(
  sizeBytes: number,
  wanted: Transfer,
): { readonly partSize: number; readonly queueSize: number } {
  const { multipartThreshold = 0, multipartChunksize = smallestPart, maxConcurrentRequests = usualRequests } = wanted;
  if (sizeBytes < multipartThreshold && sizeBytes <= mostInMemory)
    return { partSize: Math.max(smallestPart, sizeBytes), queueSize: 1 };
  let partSize = Math.min(Math.max(smallestPart, multipartChunksize), mostInMemory);
  while (Math.ceil(sizeBytes / partSize) > mostParts) partSize *= 2;
  const fitting = Math.max(1, Math.floor(mostInMemory / partSize));
  return { partSize, queueSize: Math.min(maxConcurrentRequests, fitting) };
}
