import type { Problem } from './settings.ts';

const longest = 80;

/** A problem as one line: `FILE:LINE: [section] key = value: what is wrong and what would be right`. */
export function describeProblem({ file, line, section, key, value, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const setting = [section && `[${section}]`, key && (value === undefined ? key : `${key} = ${shorten(value)}`)];
  return [place, setting.filter(Boolean).join(' '), message]
    .filter(Boolean)
    .join(': ')
    .replaceAll(/[\r\n]+/g, ' ');
}

function shorten(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
