import { isIP } from 'node:net';
import { commentHint, type Reading } from './reading.ts';
import type { MetricsPlace } from './settings.ts';
import { removeQuotes } from './shell-text.ts';

/** `metrics_port` and `metrics_address` of a section. */
export function readMetricsPlace(
  { file }: Reading,
  section: 'event_handler' | 'job_manager',
): MetricsPlace | undefined {
  const written = { port: file.get(section, 'metrics_port'), address: file.get(section, 'metrics_address') };
  const address = removeQuotes(written.address.value) || '127.0.0.1';
  if (isIP(address) === 0)
    file.refuse(
      written.address,
      `has to be an IP address of this machine, as 127.0.0.1${commentHint(written.address)}`,
    );
  const word = removeQuotes(written.port.value);
  if (word === '') return undefined;
  const port = /^\d+$/.test(word) ? Number(word) : 0;
  if (port >= 1 && port <= 65_535) return { address, port };
  file.refuse(written.port, `has to be a port, 1 to 65535; leave it empty for none${commentHint(written.port)}`);
  return undefined;
}

/** Two daemons of one machine, mostly: the second would find the port taken. */
export function checkMetricsPlaces(
  { file }: Reading,
  eventHandler: MetricsPlace | undefined,
  jobManager: MetricsPlace | undefined,
): void {
  if (eventHandler === undefined || jobManager === undefined) return;
  if (eventHandler.port !== jobManager.port || eventHandler.address !== jobManager.address) return;
  const message = 'is that of [event_handler], too; each daemon needs one of its own';
  file.refuse(file.get('job_manager', 'metrics_port'), message);
}
