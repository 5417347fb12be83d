import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = await readFile(join(root, 'Containerfile'), 'utf8');
const problemsOf = (file: string) => validate(file).map(({ message, range }) => `${range.start.line + 1}: ${message}`);

describe('Containerfile', () => {
  it('is written as engines read it', () => expect(problemsOf(text)).toEqual([]));

  it.each([
    ['an unknown instruction', 'FROM a\nRUNS b\n', '2: Unknown instruction: RUNS'],
    ['an unknown option', 'FROM a\nHEALTHCHECK --timeouts=1s CMD b\n', '2: Unknown flag: timeouts'],
    ['no image to begin with', 'RUN a\n', '1: No source image provided with `FROM`'],
  ])('with %s would be refused', (_what, file, problem) => expect(problemsOf(file)).toContain(problem));

  const argumentsOf = (keyword: string) =>
    Array.from(text.matchAll(new RegExp(`^${keyword} (.*)$`, 'gm')), ([, words = '']) => words.split(' '));

  it('does not run as root, and tells how it is', () => {
    expect(argumentsOf('USER')).toEqual([['node']]);
    expect(text.match(/^HEALTHCHECK /gm)).toHaveLength(1);
    expect(text).toContain('127.0.0.1:3000/healthz');
  });

  it('copies files that the repository has, and no others are sent', async () => {
    const { stdout } = await execa('git', ['ls-files'], { cwd: root });
    const files = stdout.split('\n');
    const sent = (await readFile(join(root, '.containerignore'), 'utf8')).match(/(?<=^!).*/gm) ?? [];
    for (const source of argumentsOf('COPY').flatMap((words) => words.slice(0, -1))) {
      expect(files.some((path) => path === source || path.startsWith(`${source}/`))).toBe(true);
      expect(
        sent.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.*')}$`).test(source)),
      ).toBe(true);
    }
  });
});
