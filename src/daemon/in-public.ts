import { visible } from './visible.ts';
import { withoutPaths } from './without-paths.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * The same answer for anybody who reaches the port: in no text of it stands a path of this machine, what looks like a secret, or a
 * character that moves a terminal.
 */
export function inPublic<T>(answer: T): T {
  return inPublicText(answer) as T;
}

function inPublicText(value: unknown): unknown {
  if (typeof value === 'string') return visible(withoutPaths(withoutSecrets(value)));
  if (Array.isArray(value)) return value.map(inPublicText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inPublicText(each)]));
}
