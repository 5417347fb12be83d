import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// GitHub's way to say something stands where its name is: the rest of src/ has the words of src/outside/forge/.

const root = join(import.meta.dirname, '..');

const ofGitHub = ['src/outside/forge/github/', 'src/admin/github-app/'];

const words = {
  'a header': /\bx-(github|hub|ratelimit)-/i,
  'an event': /\b(issue_comment|pull_request|pull_request_review|check_run|check_suite|workflow_run)\b/,
  'an action': /\b(un)?labeled\b|'(synchronize|reopened|requested_action)'/,
  'a field':
    /\b(html_url|head_sha|external_id|full_name|performed_via_github_app|(created|updated|delivered|suspended)_at)\b/,
  'a path of the API':
    /\/(app\/(hook|installations)|app-manifests|check-runs|statuses|access_tokens|issues\/comments|installations\/new)\b/,
  'an address': /\/pull\/|#issuecomment-/,
  'a reference': /\brefs\/pull\//,
} as const;

/** What admins read there is in GitHub's words. */
const forPeople: Readonly<Record<string, readonly (keyof typeof words)[]>> = {
  'src/admin/doctor/judge-webhook.ts': ['a path of the API'],
  'src/metrics/metric-definitions.ts': ['an event'],
};

const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(root, file), 'utf8') })));
const isOfGitHub = (file: string) => ofGitHub.some((folder) => file.startsWith(folder));

it.each(Object.entries(words))('%s stands only where GitHub’s name is', (kind, word) => {
  const found = texts.filter(({ text }) => word.test(text)).map(({ file }) => file);
  const excepted = Object.keys(forPeople).filter((file) => forPeople[file]?.some((each) => each === kind));
  expect(found.filter(isOfGitHub)).not.toEqual([]);
  expect(found.filter((file) => !isOfGitHub(file)).toSorted()).toEqual(excepted);
});
