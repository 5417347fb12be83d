import { textLogLine } from '../../daemon/text-log-line.ts';

/** A line of a log, as it is shown. */
export interface LogLine {
  readonly daemon: string;
  /** Milliseconds; if it has no time, that of the line before. */
  readonly at: number;
  readonly text: string;
}

/** The lines of one daemon's log, of either format. */
export function readLog(daemon: string, text: string): LogLine[] {
  let at = 0;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { time, shown } = readLine(line);
      at = time ?? at;
      return { daemon, at, text: shown };
    });
}

/** The lines of several logs by their time; those of one log stay in its order. */
export function mergeLogs(logs: readonly (readonly LogLine[])[]): LogLine[] {
  return logs.flat().toSorted((a, b) => a.at - b.at);
}

function readLine(line: string): { readonly time?: number; readonly shown: string } {
  const [, year, month, day, clock] = /^\[(\d{4})(\d\d)(\d\d)-T(\d\d:\d\d:\d\d)\]/.exec(line) ?? [];
  if (year !== undefined) return { time: Date.parse(`${year}-${month}-${day}T${clock}`), shown: line };
  if (!line.startsWith('{')) return { shown: line };
  try {
    const time = Date.parse(String((JSON.parse(line) as { time?: unknown }).time));
    return Number.isNaN(time) ? { shown: line } : { time, shown: textLogLine(line).trimEnd() };
  } catch {
    return { shown: line }; // cut off, or of something else
  }
}
