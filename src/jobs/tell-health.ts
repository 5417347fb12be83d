import type { Failing } from './find-failing.ts';

/** The answer to a health check. */
export interface Health {
  readonly ok: boolean;
  /** Why nothing can be stored, or read. */
  readonly storage: string | null;
  readonly configurationProblems: readonly string[];
  readonly failing: readonly Failing[];
}

/** The same in words: `ok`, or what is wrong, a line each. */
function tellHealth({ ok, storage, configurationProblems, failing }: Health): string {
  if (ok) return 'ok';
  return [
    'not ok:',
    ...(storage === null ? [] : [`- storage: ${storage}`]),
    ...configurationProblems.map((problem) => `- configuration: an edited file is not in force: ${problem}`),
    ...failing.map(({ daemon, kind, what }) => `- ${daemon}, ${kind}: ${what}`),
  ].join('\n');
}

/** The HTTP answer. */
export function answerHealth(health: Health, how: 'json' | 'words') {
  const status = health.ok ? 200 : 503;
  if (how === 'words') return { status, text: tellHealth(health) };
  return { status, text: JSON.stringify(health, null, 2), headers: { 'content-type': 'application/json' } };
}

/** By the header Accept. */
export const isJsonWanted = (accept: string | undefined) => /\bjson\b/i.test(accept ?? '');
