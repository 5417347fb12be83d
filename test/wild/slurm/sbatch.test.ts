import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSbatch } from '../../../src/outside/slurm/parse-sbatch.ts';

const data = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

interface Row {
  readonly outcome: 'submitted' | 'refused' | 'unavailable' | 'unsure';
  readonly id?: string;
  readonly cluster?: string;
  readonly seen: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

it.each(JSON.parse(data('sbatch.json')) as Row[])('$outcome: $stderr $stdout ($seen)', (row) => {
  const { outcome, seen: _, code, stdout, stderr, ...submitted } = row;
  const answer = parseSbatch({ kind: 'exited', code, stdout, stderr });
  if (outcome === 'submitted') expect(answer).toEqual({ kind: outcome, ...submitted });
  else expect(answer).toMatchObject({ kind: outcome, message: expect.stringContaining(stderr.trim()) });
});

const errors = data('errno.tsv')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'));

it.each(errors)('%s: Slurm %s says %s, %s', (outcome, _versions, _name, words) => {
  const stderr = `sbatch: error: Batch job submission failed: ${words}\n`;
  expect(parseSbatch({ kind: 'exited', code: 1, stdout: '', stderr }).kind).toBe(outcome);
});
