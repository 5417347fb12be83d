import { expect, it } from 'vitest';
import { Unavailable } from '../jobs/judge-error.ts';
import { NeedsAdmin, PerhapsGone, TryAgainLater, Unsure } from '../outside/forge/forge.ts';
import { whyItWaits } from './why-it-waits.ts';

const cause = { cause: undefined };

it.each<[what: string, error: unknown, told: string]>([
  [
    'Slurm',
    new Unavailable('Slurm cannot be reached: slurm_load_jobs error'),
    'Slurm cannot be reached: slurm_load_jobs error.',
  ],
  [
    'a submission under way',
    new Unavailable("an earlier submit command still waits for Slurm's answer, in /jobs/2025.01/pr_7"),
    "An earlier submit command still waits for Slurm's answer, in (path).",
  ],
  [
    'lines of git',
    new Unavailable('git’s server cannot be reached: a\nb `c`'),
    'Git’s server cannot be reached: a b \\`c\\`.',
  ],
  ['long words', new Unavailable('x'.repeat(1000)), `X${'x'.repeat(498)}….`],
  [
    'GitHub away',
    new TryAgainLater('502 of https://internal', cause),
    'GitHub does not answer as it should at present.',
  ],
  ['an answer that was lost', new Unsure('lost'), 'GitHub does not answer as it should at present.'],
  ['what GitHub does not show', new PerhapsGone('404', cause), 'GitHub does not answer as it should at present.'],
  [
    'a missing permission',
    new NeedsAdmin('IP allow list', cause),
    "GitHub does not let the bot do it at present; the bot's admin finds the reason in its log.",
  ],
  [
    'a full disk',
    Object.assign(new Error('ENOSPC: /home/bot'), { code: 'ENOSPC' }),
    "A file system of the bot's is full or away at present; its admin finds the reason in its log.",
  ],
])('%s', (_what, error, told) => {
  expect(whyItWaits(error)).toBe(told);
});
