import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { realSlurm } from '../slurm/real-slurm.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { PythonBot, type PythonJob } from './python-bot.ts';
import { linesOf } from './site.ts';

/** A site on a real Slurm, a new one for each test of a file, on which the Python bot and this one take turns. */
export function twoBotsSite() {
  const slurm = realSlurm();
  let story: CasesSite;
  afterEach(() => story?.close());
  const idsIn = (where: 'submitted' | 'finished') => readdir(join(story.directory, 'ids', where));
  return {
    get story() {
      return story;
    },
    /** Makes the site, with an open pull request. */
    async begin(generation: '6' | '9', settings: Record<string, string> = {}): Promise<PythonBot> {
      story = await makeCasesSite({
        generation,
        slurm: slurm().environment,
        settings: { 'deploycfg.upload_policy': 'all', ...settings },
      });
      await story.openPullRequest();
      return new PythonBot(story, generation, slurm().environment);
    },
    /** Expects these jobs, and no others, to be finished and uploaded. */
    async expectPutAway(jobs: readonly PythonJob[]): Promise<void> {
      const ids = jobs.map(({ id }) => id).sort();
      expect((await idsIn('finished')).sort()).toEqual(ids);
      expect(await idsIn('submitted')).toEqual([]);
      const [first] = jobs;
      const uploaded = await linesOf(join(first?.directory.split('/event_')[0] ?? '', 'uploaded.txt'));
      expect(uploaded.map((line) => line.split('/')[0]).sort()).toEqual(ids);
      expect(await story.site.s3.keys('eessi-staging')).not.toEqual([]);
    },
  };
}

/** The states in the table of a job's comment. */
export const statesOf = (body: string) =>
  [...body.matchAll(/^\|[^|]+ UTC \d{4}\|([^|]+)\|.*\|$/gm)].map(([, state]) => state);
