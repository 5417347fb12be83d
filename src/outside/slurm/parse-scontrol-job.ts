import type { PrintedReading } from './printed-reading.ts';
import type { JobId } from './slurm.ts';

type Parsed = Exclude<PrintedReading, { readonly kind: 'unknown' }>;

const userField = / UserId=([^ (]+)\(/g;
const stateFields = / JobState=([A-Z_]+|\?) Reason=((?:(?! JobState=).)*?)(?: FailedNode=\S*)? Dependency=/gs;
const workDirField = / WorkDir=(\/.*?)(?: (?:AdminComment|SystemComment|Comment|Extra)=.*)? StdErr=/gs;

/** Parses `scontrol --oneliner show jobid ID`: the record of that job among those printed (with the tasks of its array). */
export function parseScontrolJob(text: string, id: JobId): Parsed {
  const records = recordsOf(text, id);
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

/**
 * Parses `scontrol --oneliner show jobs`: one user's jobs. A record that is cut off, or whose directory is ambiguous, has no `workDir`.
 * Anybody on the cluster can forge a record here, by a name with line ends: confirm each by its id.
 */
export function parseScontrolJobs(text: string, user: string): { id: JobId; workDir?: string }[] {
  return recordsIn(text).flatMap((record) => {
    const id = /^JobId=(\d+) /.exec(record)?.[1];
    if (id === undefined || only(record, userField) !== user) return [];
    const workDir = workDirOf(record);
    return { id: id as JobId, ...(workDir !== undefined && { workDir }) };
  });
}

/** Whether `scontrol --oneliner show jobid ID` shows a job of this user. */
export function isJobOf(user: string, text: string, id: JobId): boolean {
  const [record = '', ...others] = recordsOf(text, id);
  return others.length === 0 && only(record, userField) === user;
}

/**
 * Asked for one job, all output is that job's: what looks like a second record is part of a name or comment. Except for arrays and
 * heterogeneous jobs, whose records say so before anything that a user chooses.
 */
function recordsOf(text: string, id: JobId): string[] {
  const areSeveral = /^JobId=\d+ (?:ArrayJobId|HetJobId)=/.test(text);
  return (areSeveral ? recordsIn(text) : [text]).filter((record) => record.startsWith(`JobId=${id} `));
}

/** Not split at lines: names and comments may hold line ends. */
const recordsIn = (text: string) => text.split(/^(?=JobId=\d+ )/m);

const workDirOf = (record: string) => (record.split(' StdErr=').length === 2 ? only(record, workDirField) : undefined);

/** Name, comment and submit line of a job are its owner's and may look like fields: a field that occurs twice is not trusted. */
function only(record: string, field: RegExp): string | undefined {
  const key = /^ (\w+=)/.exec(field.source)?.[1] ?? '';
  const [found] = record.matchAll(field);
  return record.split(` ${key}`).length === 2 ? found?.[1] : undefined;
}
