import type { AccountReading } from './add-account.ts';
import { isWorkDirOf, type JobId } from './slurm.ts';

/** The `--format` that {@link parseSacct} reads. Not Reason: it is why the job once waited, not why it ended. */
export const sacctFormat = 'JobIDRaw,State,ExitCode,Submit,WorkDir';

const line =
  /^(?<id>[^|]*)\|(?<state>[A-Z_]+|\?)(?: by (?<by>[^|]+)| [^|]*)?\|(?<exitCode>\d+:\d+)?\|(?<submit>[^|]*)\|(?<workDir>.*)$/;

/**
 * Reads what `sacct --noheader --parsable2 --duplicates` has of a job. No row of it: accounting does not know the job, or not yet. A
 * requeued job has a row per run, and an id that was given out again one per job.
 */
export function parseSacct(text: string, id: JobId, directory: string): AccountReading {
  const runs: { submit: string; reading: AccountReading }[] = [];
  for (const row of text.split('\n')) {
    if (row === '') continue;
    const found = line.exec(row)?.groups;
    if (found === undefined)
      return { kind: 'unreadable', why: `sacct printed a line that is no job: ${JSON.stringify(row.slice(0, 200))}` };
    const { state = '', by, exitCode, submit = '', workDir = '' } = found;
    if (found.id !== id || (workDir.startsWith('/') && !isWorkDirOf(directory, workDir))) continue;
    const known = { ...(exitCode && { exitCode }), ...(by && { cancelledBy: by }) };
    const place = workDir.startsWith('/') ? { workDir } : {};
    runs.push({ submit, reading: { kind: 'job', state, ...known, ...place } });
  }
  // A requeued job is submitted anew. Times of this form are in the order of their texts.
  const last = runs.reduce<(typeof runs)[number] | undefined>((a, b) => (a && a.submit > b.submit ? a : b), undefined);
  return last?.reading ?? { kind: 'unknown' };
}
