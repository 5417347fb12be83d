import type { Logger } from '../../daemon/logger.ts';
import { longestListBytes, uploadedListIn } from '../../jobs/directories.ts';
import { appendLineUntrusted } from '../../outside/files/append-line.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';

/** Adds a line, once. If the path is not a text file, it only logs a warning: nothing else depends on the list. */
export async function noteUploaded(pullRequestDir: string, line: string, log: Logger): Promise<void> {
  const path = uploadedListIn(pullRequestDir);
  const reading = await readUntrusted(path, longestListBytes);
  const notNoted = (why: string) => {
    log.warn({ path, line, why }, 'an upload is in the ledger, but not in uploaded.txt: put a text file in its place');
  };
  if (reading.kind === 'unusable') return notNoted(reading.why);
  const text = reading.kind === 'text' ? reading.text : '';
  if (text.split(/\r?\n/).includes(line)) return;
  try {
    await appendLineUntrusted(path, text === '' || text.endsWith('\n') ? line : `\n${line}`);
  } catch (error) {
    if (!hasCode(error, 'ELOOP', 'EISDIR', 'ENXIO')) throw error;
    notNoted('something else was put in its place meanwhile');
  }
}
