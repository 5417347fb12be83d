// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../src/settings/fixtures/read-fixture.ts';
import { repositoryFile, rows } from './rows.ts';

const textOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

describe('app.cfg with its repos.cfg', () => {
  it.each(rows)('$name: $what', ({ name, settings }) => {
    const read = readText(textOf(`${name}.cfg`), { reposCfg: textOf(repositoryFile(name)) });
    const told = [...read.problems.map((line) => `error: ${line}`), ...read.warnings.map((line) => `warning: ${line}`)];
    expect(told).toEqual(textOf(`${name}.told.txt`).split('\n').slice(0, -1));
    if (settings === undefined) expect(read.settings).toBeUndefined();
    else expect(read.settings).toMatchObject(settings);
  });
});
