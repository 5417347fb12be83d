import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { botVersion } from './bot-version.ts';
import { noteStateFormat, refuseNewerState } from './state-format.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'state-format-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const written = (format: unknown) => JSON.stringify({ format, writtenBy: '7.1.0', more: 'that a later one adds' });

it.each`
  what                            | text           | isRefused
  ${'nothing'}                    | ${undefined}   | ${false}
  ${'the format of this version'} | ${written(1)}  | ${false}
  ${'one of the future'}          | ${written(2)}  | ${true}
  ${'an empty file'}              | ${''}          | ${false}
  ${'half a file'}                | ${'{"format"'} | ${false}
  ${'words for a number'}         | ${written('')} | ${false}
`('$what in it: refused: $isRefused', async ({ text, isRefused }) => {
  if (text !== undefined) await writeFile(join(stateDir, 'format.json'), text);
  const sentence = await refuseNewerState(stateDir);
  expect(sentence !== undefined).toBe(isRefused);
  if (isRefused)
    expect(sentence).toBe(
      `state_dir ${stateDir} was written by version 7.1.0 of the bot, in format 2; this is version ${botVersion}, which reads formats up to 1, and would lose what it does not know. Run 7.1.0 or newer: ./bot.sh upgrade`,
    );
});

it('notes who writes, once', async () => {
  for (const _ of [1, 2]) await noteStateFormat(stateDir);
  expect(await readFile(join(stateDir, 'format.json'), 'utf8')).toBe(`{"format":1,"writtenBy":"${botVersion}"}\n`);
  expect(await refuseNewerState(stateDir)).toBeUndefined();
});

it('a directory that is not there yet is refused by nobody', async () => {
  expect(await refuseNewerState(join(stateDir, 'none'))).toBeUndefined();
});
