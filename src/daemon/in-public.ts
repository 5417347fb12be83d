import { visible } from './visible.ts';
import { withoutPaths } from './without-paths.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Makes an answer fit for a public port: its texts lose paths of this machine, what looks like a secret, and characters that control a
 * terminal.
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
