import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import { wordsOf } from '../../words-of.ts';
import { type Delivery, isEventName, isGuid } from './delivery.ts';

/** Reads an event that was saved as `{"headers": {…}, "json": {…}}`; header names in any case, no signature needed. */
export async function readEventFile(
  path: string,
  webhooks: Webhooks,
): Promise<{ readonly delivery: Delivery; readonly newComment: number | undefined }> {
  const refuse = (error: unknown) => {
    throw new Error(`${path} must hold {"headers": {…}, "json": {…}}: ${wordsOf(error)}`, { cause: error });
  };
  const parsed: unknown = await readFile(path, 'utf8').then(JSON.parse).catch(refuse);
  const { headers: given, json } = (parsed ?? {}) as { headers?: Record<string, unknown>; json?: unknown };
  if (typeof given !== 'object' || given === null || typeof json !== 'object' || json === null) {
    throw new Error(`${path} must hold {"headers": {…}, "json": {…}}`);
  }
  const asGiven = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(asGiven)) headers[name.toLowerCase()] = value;
  const { guid = randomUUID(), event } = webhooks.readHeaders((name) => headers[name]);
  const { headerNames } = webhooks;
  if (!isEventName(event)) throw new Error(`${path} lacks the header ${headerNames.event}`);
  if (!isGuid(guid)) throw new Error(`${path} has a malformed ${headerNames.guid}`);
  const received = { receivedAt: new Date().toISOString(), headers: asGiven, body: JSON.stringify(json) };
  return { delivery: { version: 1, guid, event, ...received }, newComment: webhooks.glance(event, json).newComment };
}
