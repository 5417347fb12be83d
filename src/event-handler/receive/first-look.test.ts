import { expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { firstLook } from './first-look.ts';

const post = 'POST / HTTP/1.1\r\nhost: x\r\n';

it.each<[what: string, sent: string, seen: string]>([
  ['nothing', '', 'more'],
  ['the beginning of a line', 'POST / HT', 'more'],
  ['headers without an end', `${post}x: ${'y'.repeat(100)}`, 'more'],
  ['headers of 16 KB without an end', `${post}x: ${'y'.repeat(16 * 1024)}`, 'other'],
  ['headers of 20 KB with one', `${post}x: ${'y'.repeat(20 * 1024)}\r\n\r\n`, 'other'],
  ['a delivery without a signature', `${post}content-length: 2\r\n\r\n{}`, 'unsigned'],
  ['one with a query', 'POST /?a=b HTTP/1.1\r\nhost: x\r\n\r\n', 'unsigned'],
  ['one whose body holds a signature', `${post}\r\nx-hub-signature-256: sha256=0\r\n`, 'unsigned'],
  ['one in chunks', `${post}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`, 'unsigned'],
  ['a delivery with a signature', `${post}x-hub-signature-256: sha256=0\r\n\r\n{}`, 'other'],
  ['one in other letters, with a blank', `${post}X-Hub-Signature-256 : sha256=0\r\n\r\n{}`, 'other'],
  ['one with SHA-1 alone', `${post}x-hub-signature: sha1=0\r\n\r\n{}`, 'other'],
  ['a question for health', 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n', 'health'],
  ['the same again and again', 'GET /health HTTP/1.0\r\n\r\n'.repeat(100), 'health'],
  ['one with a body', 'GET /health HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc', 'other'],
  ['one that is another', 'GET /healthy HTTP/1.1\r\n\r\n', 'other'],
  ['HEAD', 'HEAD /health HTTP/1.1\r\n\r\n', 'other'],
  ['an address with its host', 'POST http://x/ HTTP/1.1\r\nhost: x\r\n\r\n', 'other'],
  ['another path', 'POST /x HTTP/1.1\r\n\r\n', 'other'],
  ['another version', 'POST / HTTP/2.0\r\n\r\n', 'other'],
  ['line ends of another kind', 'POST / HTTP/1.1\nhost: x\n\n', 'other'],
  ['TLS', '\u0016\u0003\u0001\u0002', 'other'],
])('%s: %j is %s', (_what, sent, seen) => {
  expect(firstLook(Buffer.from(sent, 'latin1'), gitHubWebhooks)).toBe(seen);
});
