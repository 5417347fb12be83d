import type { HeaderOf, Webhooks } from '../../outside/forge/webhooks.ts';

/** What the first bytes of a connection are. */
type FirstLook =
  /** The headers are not complete. */
  | 'more'
  /** `GET /health`. */
  | 'health'
  /** A delivery without a signature. */
  | 'unsigned'
  /** Anything else: for the HTTP parser. */
  | 'other';

/** As many bytes of headers as the parser takes. */
export const mostHeaderBytes = 16 * 1024;
const upperCaseA = 65;
const upperCaseZ = 90;

/**
 * Recognizes requests that need no HTTP parser. Anybody can open thousands of connections, and a parser, a request and a response for each
 * cost three times as much as reading, answering and closing.
 */
export function firstLook(bytes: Buffer, { hasSignature }: Pick<Webhooks, 'hasSignature'>): FirstLook {
  const [first] = bytes;
  if (first === undefined) return 'more';
  if (first < upperCaseA || first > upperCaseZ) return 'other';
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes.length >= mostHeaderBytes || bytes.includes('\n\n') ? 'other' : 'more';
  if (end > mostHeaderBytes) return 'other';
  const head = bytes.toString('latin1', 0, end + 2);
  if (/^GET \/health(?:\?[^\s]*)? HTTP\/1\.[01]\r\n/.test(head)) return hasBody.test(head) ? 'other' : 'health';
  const isDelivery = /^POST \/(?:\?[^\s]*)? HTTP\/1\.[01]\r\n/.test(head);
  return isDelivery && !hasSignature(headersIn(head)) ? 'unsigned' : 'other';
}

const hasBody = /\n(?:content-length|transfer-encoding)[ \t]*:/i;

/** Finds headers in an unparsed head. */
export const headersIn =
  (head: string): HeaderOf =>
  (name) =>
    new RegExp(`\\n${name}[ \\t]*:[ \\t]*([^\\r\\n]*?)[ \\t]*\\r?\\n`, 'i').exec(head)?.[1];
