import type { JobId, JobReading } from './slurm.ts';

/** The `--format` that {@link parseSacct} reads. Not Reason: it is why the job once waited, not why it ended. */
export const sacctFormat = 'JobIDRaw,State,ExitCode,WorkDir';

const line = /^(?<id>[^|]*)\|(?<state>[A-Z_]+)(?: [^|]*)?\|(?<exitCode>\d+:\d+)?\|(?<workDir>.*)$/;

/** Reads `sacct --noheader --parsable2`. No row: accounting does not know the job, or not yet: it lags behind by some seconds. */
export function parseSacct(text: string, id: JobId): JobReading {
  const rows = text.split('\n').filter((row) => row !== '');
  const readings: JobReading[] = [];
  for (const row of rows) {
    const found = line.exec(row)?.groups;
    if (found === undefined)
      return { kind: 'unreadable', why: `sacct printed a line that is no job: ${JSON.stringify(row.slice(0, 200))}` };
    if (found.id !== id) continue;
    const { state = '', exitCode, workDir } = found;
    readings.push({
      kind: 'job',
      state,
      reason: '',
      ...(exitCode ? { exitCode } : {}),
      ...(workDir?.startsWith('/') ? { workDir } : {}),
    });
  }
  // Several only if the id was given out again: the newest is the last.
  return readings.at(-1) ?? { kind: 'unknown' };
}
