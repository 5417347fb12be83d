import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../../src/event-handler/commands/commands.ts';
import { commandsPage } from './write-commands.ts';

it('docs/commands.md is up to date: node test/docs/write-commands.ts', async () => {
  expect(await readFile(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')).toBe(commandsPage());
});

it('every command is among the tasks and in the reference, with an answer', () => {
  const page = commandsPage();
  for (const { name, guide } of commands) {
    expect(page.split(`\n### bot: ${name}\n`)).toHaveLength(2);
    expect(page).toContain(`[More](#bot-${name.replaceAll(/[^a-z_]/g, '')})`);
    expect(guide.answers.length).toBeGreaterThan(0);
  }
});
