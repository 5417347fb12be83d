import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import { jsonLogLine } from './json-log-line.ts';
import { loggedError } from './logged-error.ts';
import { complain } from './terminal.ts';
import { textLogLine } from './text-log-line.ts';

export type { Logger };

// Fields that hold secrets, for objects that are logged whole.
const secretFields = [
  'headers.authorization',
  '*.headers.authorization',
  '*.request.headers.authorization',
  'token',
  '*.token',
];

/** Characters kept while the disk is full; further lines are lost. */
const keptCharacters = 1_000_000;

/**
 * Writes lines to `log_path`: JSON, or the Python bot's format. Constant sentences, facts as fields; child loggers per delivery, job and
 * interval, so that one grep finds all of its lines. SIGHUP reopens the file, for logrotate; a closed terminal sends it, too, so it does not
 * stop a daemon.
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
      // The file's listener reports it; the open file stays in use.
    }
  });
  return pino(
    {
      name: options.name,
      level: options.debug ? 'debug' : 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggedError },
      redact: { paths: secretFields, censor: '(secret)' },
    },
    { write: (line: string) => file.write(options.format === 'json' ? jsonLogLine(line) : textLogLine(line)) },
  );
}

/** A log that cannot be written must not stop a daemon: complains once for each reason. */
function complainOnce(path: string): (error: Error) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (!told.has(message)) complain(`error: the log ${path} cannot be written: ${message}`);
    told.add(message);
  };
}
