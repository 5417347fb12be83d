import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ProgramResult } from '../../../src/outside/processes/run-program.ts';
import { readAccounting } from '../../../src/outside/slurm/ask-for-jobs.ts';
import { readListing } from '../../../src/outside/slurm/read-listing.ts';
import { readShownJob } from '../../../src/outside/slurm/read-shown-job.ts';
import { readRelease } from '../../../src/outside/slurm/release-jobs.ts';
import type { JobId } from '../../../src/outside/slurm/slurm.ts';

const readers = {
  squeue: (result: ProgramResult) => readListing('squeue', result),
  'scontrol show': (result: ProgramResult) => readShownJob(result, '7' as JobId),
  'scontrol release': readRelease,
  sacct: readAccounting,
};

interface Row {
  readonly command: keyof typeof readers;
  readonly outcome: string;
  readonly seen: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

it.each(JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')) as Row[])(
  '$command, $outcome: $stderr $stdout ($seen)',
  ({ command, outcome, code, stdout, stderr }) => {
    const answer = readers[command]({ kind: 'exited', code, stdout, stderr });
    expect(answer.kind).toBe(outcome);
    // What went wrong is told in Slurm's own words.
    if (outcome === 'unreadable' || outcome === 'failed') expect(JSON.stringify(answer)).toContain(told(stderr));
  },
);

const told = (stderr: string) => JSON.stringify(stderr.trim()).slice(1, -1);
