import type { JobId, JobReading } from './slurm.ts';

type Parsed = Exclude<JobReading, { readonly kind: 'unknown' }>;

const stateFields = / JobState=([A-Z_]+|\?) Reason=((?:(?! JobState=).)*?)(?: FailedNode=\S*)? Dependency=/gs;
const workDirField = / WorkDir=(\/.*?)(?: (?:AdminComment|SystemComment|Comment|Extra)=.*)? StdErr=/gs;

/** Reads `scontrol --oneliner show jobid ID`: that job's record among those printed (an array's tasks come along). */
export function parseScontrolJob(text: string, id: JobId): Parsed {
  const records = recordsIn(text).filter((record) => record.startsWith(`JobId=${id} `));
  const [record] = records;
  if (record === undefined || records.length > 1)
    return { kind: 'unreadable', why: `scontrol printed ${records.length} records of job ${id} instead of one` };
  const [found, ...others] = record.matchAll(stateFields);
  const [, state, reason] = found ?? [];
  if (state === undefined || reason === undefined || others.length > 0)
    return { kind: 'unreadable', why: `scontrol's record of job ${id} has no JobState, or several` };
  const exitCode = only(record, / ExitCode=(\d+:\d+)(?= )/g);
  const eligibleTime = only(record, / EligibleTime=(\d\S*)(?= )/g);
  const workDir = workDirOf(record);
  return {
    kind: 'job',
    state,
    reason,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(eligibleTime === undefined ? {} : { eligibleTime }),
    ...(workDir === undefined ? {} : { workDir }),
  };
}

/** Reads `scontrol --oneliner show jobs`: one user's jobs. A record that was cut short, or whose directory is ambiguous, has no `workDir`. */
export function parseScontrolJobs(text: string, user: string): { id: JobId; workDir?: string }[] {
  return recordsIn(text).flatMap((record) => {
    const id = /^JobId=(\d+) /.exec(record)?.[1];
    if (id === undefined || only(record, / UserId=([^ (]+)\(/g) !== user) return [];
    const workDir = workDirOf(record);
    return { id: id as JobId, ...(workDir !== undefined && { workDir }) };
  });
}

/** Not by lines: names and comments may hold line ends. */
const recordsIn = (text: string) => text.split(/^(?=JobId=\d+ )/m);

const workDirOf = (record: string) => (record.split(' StdErr=').length === 2 ? only(record, workDirField) : undefined);

/** A job's name, comment and the line that submitted it are its owner's and may look like fields: what is there twice is not believed. */
function only(record: string, field: RegExp): string | undefined {
  const key = /^ (\w+=)/.exec(field.source)?.[1] ?? '';
  const [found] = record.matchAll(field);
  return record.split(` ${key}`).length === 2 ? found?.[1] : undefined;
}
