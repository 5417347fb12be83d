import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import { jsonLogLine } from './json-log-line.ts';
import { complain } from './terminal.ts';
import { textLogLine } from './text-log-line.ts';

export type { Logger };

// Where a secret could slip into a log by an object that is logged whole.
const secretFields = [
  'headers.authorization',
  '*.headers.authorization',
  '*.request.headers.authorization',
  'token',
  '*.token',
];

/** What is kept while the disk is full; what is logged beyond that is lost. */
const keptCharacters = 1_000_000;

/**
 * Lines into `log_path`: JSON, or the form of the Python bot's. Constant sentences, facts as fields; a child per delivery, job and
 * interval tells one story in one grep. SIGHUP opens the file anew, as logrotate wants it; the same signal comes when a terminal is
 * closed, which so stops no daemon.
 */
export function openLog(path: string, options: { name: string; debug: boolean; format: 'json' | 'text' }): Logger {
  mkdirSync(dirname(path), { recursive: true });
  const file = pino.destination({ dest: path, append: true, sync: true, mkdir: true, maxLength: keptCharacters });
  const complain = complainOnce(path);
  file.on('error', complain);
  process.on('SIGHUP', () => {
    try {
      file.reopen();
    } catch {
      // The file tells its listener, and goes on with what it has open.
    }
  });
  return pino(
    {
      name: options.name,
      level: options.debug ? 'debug' : 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields, censor: '(secret)' },
    },
    { write: (line: string) => file.write(options.format === 'json' ? jsonLogLine(line) : textLogLine(line)) },
  );
}

/** A log that cannot be written must stop no daemon, and is told where it can be: once for each reason. */
function complainOnce(path: string): (error: Error) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (!told.has(message)) complain(`error: the log ${path} cannot be written: ${message}`);
    told.add(message);
  };
}
