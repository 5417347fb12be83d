import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { howToSet } from './how-to-set.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
  await mkdir(join(home, '.config/bot'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

const file = 'event_handler.env';
it.each<[string, Record<string, string>, string[], RegExp]>([
  [
    'a file that has it',
    { [file]: 'A=1\nS=x\n' },
    ['S'],
    /^set -a; \. HOME\/\.config\/bot\/event_handler\.env; set \+a$/,
  ],
  ['one that exports it', { [file]: 'export S=x\n' }, ['S'], /^set -a; \. HOME/],
  ['another instance that has it', { [file]: 'A=1\n', 'two.env': 'S=x\n' }, ['S'], /\. HOME\/\.config\/bot\/two\.env/],
  [
    'another instance with blanks in its name',
    { 'my bot.env': 'S=x\n' },
    ['S'],
    /^set -a; \. 'HOME\/\.config\/bot\/my bot\.env'; set \+a$/,
  ],
  ['no file at all', {}, ['S'], /^export S=VALUE; or, where a file has it \(.*\): set -a; \. FILE; set \+a$/],
  ['one that has it empty, or as a comment', { [file]: 'S=\n# S=x\n' }, ['S'], /^export S=VALUE/],
  ['one that has one of two', { [file]: 'S=x\n' }, ['S', 'T'], /^export S=VALUE T=VALUE/],
])('%s', async (_, files, names, typed) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, '.config/bot', name), text);
  expect((await howToSet(names, { HOME: home })).replaceAll(home, 'HOME')).toMatch(typed);
});
