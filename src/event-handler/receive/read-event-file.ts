import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Delivery } from './delivery.ts';

/** Reads an event that was saved as `{"headers": {…}, "json": {…}}`; header names in any case, no signature needed. */
export async function readEventFile(path: string): Promise<Delivery> {
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  const { headers: given, json } = (parsed ?? {}) as { headers?: Record<string, unknown>; json?: unknown };
  if (typeof given !== 'object' || given === null || typeof json !== 'object' || json === null) {
    throw new Error(`${path} must hold {"headers": {…}, "json": {…}}`);
  }
  const asGiven = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(asGiven)) headers[name.toLowerCase()] = value;
  const event = headers['x-github-event'];
  if (event === undefined || !/^[a-z_]{1,64}$/.test(event)) throw new Error(`${path} lacks the header X-GitHub-Event`);
  const guid = headers['x-github-delivery'] ?? randomUUID();
  if (!/^[0-9A-Za-z-]{1,64}$/.test(guid)) throw new Error(`${path} has a malformed X-GitHub-Delivery`);
  return {
    version: 1,
    guid,
    event,
    receivedAt: new Date().toISOString(),
    headers: asGiven,
    body: JSON.stringify(json),
  };
}
