/** Fields of every JSON line that are superfluous in the file of one daemon. */
const omitted = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

const levels: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 40: 'warn', 50: 'error', 60: 'fatal' };

/**
 * Turns a line of pino's JSON into the Python bot's log format: `[YYYYMMDD-THH:MM:SS] text`, local time, then the facts as `key=value`.
 * Always one line.
 */
export function textLogLine(json: string): string {
  const { level, time, msg, ...facts } = JSON.parse(json) as Record<string, unknown>;
  const kind = levels[Number(level)];
  const words = [
    ...(typeof msg === 'string' ? [msg] : []),
    ...(kind === undefined ? [] : [`level=${kind}`]),
    ...Object.entries(facts).flatMap(([key, value]) => (omitted.has(key) ? [] : `${key}=${factText(value)}`)),
  ];
  return `[${localTime(new Date(String(time)))}] ${escapeControls(words.join(' '))}\n`;
}

/** A plain word as it is; anything else in JSON's quotes. */
function factText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=\p{C}]+$/u.test(value) ? value : JSON.stringify(value);
}

function localTime(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${date}-T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Escapes line ends, cursor control and marks of writing direction: they would reach the reader's terminal. */
function escapeControls(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
