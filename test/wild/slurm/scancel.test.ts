import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCancel } from '../../../src/outside/slurm/cancel-job.ts';
import type { CancelAnswer } from '../../../src/outside/slurm/slurm.ts';

interface Row {
  readonly outcome: CancelAnswer['kind'];
  readonly seen: string;
  readonly code: number;
  readonly stderr: string;
}

it.each(JSON.parse(readFileSync(join(import.meta.dirname, 'scancel.json'), 'utf8')) as Row[])(
  '$outcome: $stderr ($seen)',
  ({ outcome, code, stderr }) => {
    const answer = readCancel({ kind: 'exited', code, stdout: '', stderr });
    const says =
      outcome === 'refused' || outcome === 'unavailable' ? { message: expect.stringContaining(stderr.trim()) } : {};
    expect(answer).toEqual({ kind: outcome, ...says });
  },
);
