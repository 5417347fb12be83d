import { visible } from '../daemon/visible.ts';
import { withoutPaths } from './without-paths.ts';

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

// Texts name no secret that we know of; what a program printed may. A name is a secret's as in child-environment.ts.
const secrets = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\b(?:gh[a-z]_|github_pat_)\w+/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, // a JSON web token
  /\bA[KS]IA[A-Z0-9]{12,}/g,
  /(?<=\b(?:bearer|authorization: (?:token|basic)) )[\w.~+/=-]+/gi,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  /(?<=(?:token|secret|password|passphrase|api_key|access_key|credentials|_pat)\s?=\s?)[^\s,;]+/gi,
];

function withoutSecrets(words: string): string {
  return secrets.reduce((told, secret) => told.replaceAll(secret, '(secret)'), words);
}
