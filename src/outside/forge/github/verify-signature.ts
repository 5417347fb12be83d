import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HeaderOf, WebhookSecrets } from '../webhooks.ts';

/** Whether GitHub signed this body. Compared in constant time, over the bytes as received. GitHub sends only UTF-8. */
export function verifySignature(body: Buffer, header: HeaderOf, secrets: WebhookSecrets, allowSha1: boolean): boolean {
  if (!isUtf8(body)) return false; // decoded, it would become other bytes
  const candidates = [secrets.current, secrets.previous ?? ''].filter((secret) => secret !== '');
  const [sha256, sha1] = [header('x-hub-signature-256'), header('x-hub-signature')];
  if (sha256 !== undefined) return candidates.some((secret) => isSigned('sha256', body, secret, sha256));
  return allowSha1 && sha1 !== undefined && candidates.some((secret) => isSigned('sha1', body, secret, sha1));
}

// Not by @octokit/webhooks: it throws if the header is empty, and anybody may send that.
function isSigned(algorithm: 'sha256' | 'sha1', body: Buffer, secret: string, signature: string): boolean {
  const expected = Buffer.from(`${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
