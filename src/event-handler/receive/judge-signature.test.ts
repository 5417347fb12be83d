import { expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { judgeSignature } from './judge-signature.ts';

it.each([
  ['right', undefined],
  ['wrong', /fits neither GITHUB_APP_SECRET_TOKEN nor GITHUB_APP_SECRET_TOKEN_PREVIOUS: .* restart/],
  ['missing', /webhook secret on the App's page; or a relay drops the header X-Hub-Signature-256$/],
] as const)('of a signature that is %s', (outcome, told) => {
  const { kind, words } = judgeSignature(outcome, gitHubWebhooks);
  expect(kind).toBe('signature');
  if (told === undefined) expect(words).toBeUndefined();
  else expect(words).toMatch(told);
});
