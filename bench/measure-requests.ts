import type { Figure, Measured } from './figure.ts';
import { requestsUntilUploaded } from './requests-until-uploaded.ts';

/** Requests to GitHub from a comment to the uploads of its jobs: with a comment for each job, and with one for all. */
export async function measureRequests(isQuick: boolean): Promise<Measured> {
  const part = 'requests';
  const figures: Figure[] = [];
  for (const targets of isQuick ? [1, 10] : [1, 2, 10, 20]) {
    const measured = (await requestsUntilUploaded(targets, 'comments of jobs')) / targets;
    const what = `GitHub requests per job from comment to upload, ${targets} by one command`;
    figures.push({ part, what, unit: '', measured, aim: { atMost: 5 } });
  }
  const targets = isQuick ? 10 : 20;
  const measured = await requestsUntilUploaded(targets, 'a summary');
  const what = `GitHub requests of ${targets} jobs in one summary, until all are uploaded`;
  figures.push({ part, what, unit: '', measured, aim: { atMost: 8 + targets } });
  return { figures };
}
