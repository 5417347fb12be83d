import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { readEventFile } from './read-event-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'event-file-'));
});
afterEach(() => rm(directory, { recursive: true }));

it.each`
  what                            | text                             | said
  ${'no file'}                    | ${undefined}                     | ${/^FILE must hold \{"headers": .*: ENOENT: no such file/}
  ${'no JSON'}                    | ${'{"headers": '}                | ${/^FILE must hold \{"headers": .*: Unexpected end of JSON/}
  ${'JSON of another shape'}      | ${'[1]'}                         | ${/^FILE must hold \{"headers": \{…\}, "json": \{…\}\}$/}
  ${'headers that name no event'} | ${'{"headers": {}, "json": {}}'} | ${/^FILE lacks the header X-GitHub-Event$/i}
`('of $what says which file it is', async ({ text, said }) => {
  const path = join(directory, 'event.json');
  if (text !== undefined) await writeFile(path, text);
  const error = await readEventFile(path, gitHubWebhooks).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message.replaceAll(path, 'FILE')).toMatch(said);
});
