import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeFailure } from '../../../src/outside/forge/github/judge-failure.ts';
import { judgeTrouble } from '../../../src/outside/forge/github/judge-trouble.ts';

interface Row {
  readonly seen: string;
  readonly status: number;
  readonly path: string;
  readonly message: string;
  readonly told: string;
}

const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')) as Row[];

it.each(rows)('$seen', ({ status, path, message, told }) => {
  const request = { url: `https://api.github.com${path}` };
  const answer = Object.assign(new Error(message), {
    status,
    request,
    ...(status !== 500 && { response: { headers: {} } }),
  });
  let error: unknown;
  try {
    judgeFailure(answer, 'repeatable');
  } catch (thrown) {
    error = thrown;
  }
  const method = path.startsWith('/app/hook') ? 'listDeliveries' : 'readToken';
  const verdict = judgeTrouble({ method, kind: 'failed', error });
  expect(verdict).toEqual({
    kind: method === 'readToken' ? 'installation' : 'app',
    words: expect.stringContaining(told),
  });
  expect(verdict?.words).toContain(message); // GitHub's own words stay
});
