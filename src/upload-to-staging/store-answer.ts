/** An answer that is not a success: of a store, or of something before it. */
export interface StoreAnswer {
  readonly status: number;
  /** The text after the status. */
  readonly reason: string;
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The start of the body, as text. */
  readonly body: string;
}

/** An S3 server's words for an error; undefined: the answer is not an S3 server's. */
export interface StoreWords {
  /** Empty: it gave none, as in the answer to a HEAD. */
  readonly code: string;
  readonly message: string;
  /** The bucket's region, if it says so. */
  readonly region: string;
  /** Its clock. */
  readonly time: string;
}

/** Tells an S3 server's own answer from that of a proxy, a load balancer or another web server. */
export function wordsOfStore({ headers, body }: StoreAnswer): StoreWords | undefined {
  const inXml = (name: string) => decode(new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '');
  const isError = /<Error[\s>]/.test(body) && /<Code>/.test(body);
  const isMarked = ['x-amz-request-id', 'x-amz-id-2', 'x-amz-bucket-region'].some((name) => headers[name]);
  const isSilent = body.trim() === '' && !/^text\//.test(headers['content-type'] ?? '');
  if (!isError && !isMarked && !isSilent) return undefined;
  return {
    code: isError ? inXml('Code') : (headers['x-minio-error-code'] ?? ''),
    message: isError ? inXml('Message') : (headers['x-minio-error-desc'] ?? '').replaceAll('"', ''),
    region: headers['x-amz-bucket-region'] ?? (isError ? inXml('Region') : ''),
    time: (isError ? inXml('ServerTime') : '') || (headers['date'] ?? ''),
  };
}

const longestWords = 80;

/** The name and title of whoever sent an answer that is not an S3 server's, if it has them. */
export function wordsOfOther({ status, headers, body }: StoreAnswer): string {
  const title = (/<title[^>]*>([^<]*)/i.exec(body) ?? /<h1[^>]*>([^<]*)/i.exec(body))?.[1] ?? body;
  const text = decode(title.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, longestWords);
  const said = text === '' || text.startsWith(String(status)) ? '' : `"${text}"`;
  return [headers['server'] ?? '', said].filter((part) => part !== '').join(': ');
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#34': '"',
};

function decode(text: string): string {
  return text.replaceAll(/&(\w+|#\d+);/g, (all, name: string) => entities[name] ?? all);
}
