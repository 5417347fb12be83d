import { join } from 'node:path';
import { makeDirectory, writeSoon } from '../../outside/files/durable-files.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import type { Delivery } from './delivery.ts';

/** Writes a copy of a verified delivery for admins: `events_log/TYPE/ACTION/YYYY-MM-DD/…_headers.json` and `…_body.json`. */
export async function writeEventsLog(
  directory: string,
  delivery: Delivery,
  { glance }: Pick<Webhooks, 'glance'>,
): Promise<void> {
  const payload = JSON.parse(delivery.body) as object;
  const said = glance(delivery.event, payload).action ?? '';
  const action = /^[a-z_]{1,64}$/.test(said) ? said : 'UNKNOWN';
  const [day = '', time = ''] = delivery.receivedAt.split('T');
  const path = join(directory, delivery.event, action, day);
  const name = `${day}T${time.slice(0, 8).replaceAll(':', '-')}_${delivery.guid}`;
  const write = () =>
    Promise.all([
      writeSoon(join(path, `${name}_headers.json`), asText(delivery.headers)),
      writeSoon(join(path, `${name}_body.json`), asText(payload)),
    ]);
  await write().catch(async (error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
    await makeDirectory(path);
    await write();
  });
}

/** Keys sorted, four blanks of indentation: as the Python bot writes it. */
function asText(value: unknown): string {
  return `${JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sorted(inner) : inner), 4)}\n`;
}

const sorted = (value: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
