import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { webhookSecret } from '../test/system/site.ts';

/** A delivery, signed and ready to be sent. */
export interface Prepared {
  readonly event: string;
  readonly body: string;
  readonly signature: string;
}

export function prepareDelivery(event: string, payload: object): Prepared {
  const body = JSON.stringify(payload);
  return { event, body, signature: `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}` };
}

/** A delivery that nothing handles. `bytes`: of its payload, about. */
export const preparePing = (bytes: number) => prepareDelivery('ping', { zen: 'x'.repeat(bytes), id: randomUUID() });

/** Sends one over a connection of its own, as GitHub does: milliseconds from POST to 202. */
export function deliver(
  port: number,
  { event, body, signature }: Prepared,
  guid: string = randomUUID(),
): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-github-event': event,
    'x-github-delivery': guid,
    'x-hub-signature-256': signature,
  };
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 202) resolve(performance.now() - begin);
        else reject(new Error(`a delivery was answered with ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
