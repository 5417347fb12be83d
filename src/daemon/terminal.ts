import { jsonLogLine } from './json-log-line.ts';
import { visible } from './visible.ts';

// The one way to a terminal: eslint refuses `console` and the process's streams elsewhere in src/.

/** Prints a line, or several, to the standard output. Each stays one line, and cannot control the terminal. */
export function say(lines: string | readonly string[]): void {
  console.log(forTerminal(lines));
}

/** Prints to the standard error what {@link say} would print. */
export function complain(lines: string | readonly string[]): void {
  console.error(forTerminal(lines));
}

/** Prints why a program cannot go on, and gives back the exit code. */
export function refuse(message: string, status = 1): number {
  complain(`error: ${message}`.split('\n'));
  return status;
}

/** Prints a value as JSON; characters that control a terminal are escaped. */
export function sayJson(value: unknown): void {
  console.log(jsonLogLine(JSON.stringify(value, null, 2)));
}

/** The lines, with whatever controls a terminal made visible. */
export function forTerminal(lines: string | readonly string[]): string {
  return [lines]
    .flat()
    .map((line) => visible(line.replaceAll('\t', ' ')))
    .join('\n');
}
