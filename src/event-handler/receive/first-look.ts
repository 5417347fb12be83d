import type { HeaderOf, Webhooks } from '../../outside/forge/webhooks.ts';

/** What the first bytes of a connection are, as far as that is plain to see. */
type FirstLook =
  /** The headers are not complete. */
  | 'more'
  /** `GET /health`. */
  | 'health'
  /** A delivery without a signature: whatever its body is. */
  | 'unsigned'
  /** Anything else: for the parser of HTTP. */
  | 'other';

/** As many bytes of headers as the parser takes. */
export const mostHeaderBytes = 16 * 1024;
const upperCaseA = 65;
const upperCaseZ = 90;

/**
 * Anybody can connect and send something, thousands at once. Making a parser, a request and a response for each costs three times as much
 * as reading, answering and closing; so what is plainly worth no more than an answer is told apart before.
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

/** The headers of a head that nobody has parsed. */
export const headersIn =
  (head: string): HeaderOf =>
  (name) =>
    new RegExp(`\\n${name}[ \\t]*:[ \\t]*([^\\r\\n]*?)[ \\t]*\\r?\\n`, 'i').exec(head)?.[1];
