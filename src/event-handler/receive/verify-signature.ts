import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';

export interface WebhookSecrets {
  readonly current: string;
  /** Still accepted while the secret is being changed. */
  readonly previous?: string;
}

export interface Signatures {
  /** X-Hub-Signature-256 */
  readonly sha256?: string;
  /** X-Hub-Signature; used only with `allow_sha1`. */
  readonly sha1?: string;
}

/** Whether GitHub signed this body. Compared in constant time, over the bytes as they came: those that are no text are not GitHub's. */
export async function verifySignature(
  body: Buffer,
  signatures: Signatures,
  secrets: WebhookSecrets,
  allowSha1: boolean,
): Promise<boolean> {
  if (!isUtf8(body)) return false; // as a text they would be other bytes
  const candidates = [secrets.current, ...(secrets.previous ? [secrets.previous] : [])];
  for (const secret of candidates) {
    if (signatures.sha256 !== undefined) {
      if (await webhooksOf(secret).verify(body.toString('utf8'), signatures.sha256)) return true;
    } else if (allowSha1 && signatures.sha1 !== undefined) {
      const expected = Buffer.from(`sha1=${createHmac('sha1', secret).update(body).digest('hex')}`);
      const given = Buffer.from(signatures.sha1);
      if (given.length === expected.length && timingSafeEqual(given, expected)) return true;
    }
  }
  return false;
}

const made = new Map<string, Webhooks>();

function webhooksOf(secret: string): Webhooks {
  let webhooks = made.get(secret);
  if (webhooks === undefined) {
    webhooks = new Webhooks({ secret });
    made.set(secret, webhooks);
  }
  return webhooks;
}
