import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';

export type { Logger };

// Where a secret could slip into a log by an object that is logged whole.
const secretFields = [
  'headers.authorization',
  '*.headers.authorization',
  '*.request.headers.authorization',
  'token',
  '*.token',
];

/** JSON lines into `log_path`. Constant sentences, facts as fields; a child per delivery, job and interval tells one story in one grep. */
export function openLog(path: string, options: { name: string; debug: boolean }): Logger {
  mkdirSync(dirname(path), { recursive: true });
  return pino(
    {
      name: options.name,
      level: options.debug ? 'debug' : 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields, censor: '(secret)' },
    },
    pino.destination({ dest: path, append: true, sync: true, mkdir: true }),
  );
}
