import type { AccountReading } from './add-account.ts';
import { quoted, splitRecords } from './records.ts';
import { isWorkDirOf, type JobId } from './slurm.ts';

/** The `--format` that {@link parseSacct} reads. Without Reason, which says why the job waited, not why it ended. */
export const sacctFormat = 'JobIDRaw,State,ExitCode,Submit,WorkDir';

const fieldCount = sacctFormat.split(',').length;

const rowState = /^(?<state>[A-Z_]+|\?)(?: by (?<by>\S.*)| .*)?$/;

/**
 * Parses `sacct --noheader --parsable --delimiter=BORDER --duplicates` for a job. No row: accounting does not know the job (yet). A requeued
 * job has one row per run, a reused id one per job. Rows of other jobs are ignored, whatever they hold.
 */
export function parseSacct(text: string, border: string, id: JobId, directory: string): AccountReading {
  const split = splitRecords('sacct', text, border, fieldCount);
  if (split.kind === 'unreadable') return split;
  const garbage = [...split.records.map(({ before }) => before), split.after].find((each) => each.trim() !== '');
  if (garbage !== undefined)
    return { kind: 'unreadable', why: `sacct printed a line that is no job: ${quoted(garbage.trim(), border)}` };
  const runs: { submit: string; reading: AccountReading }[] = [];
  for (const { fields } of split.records) {
    const [rowId, printedState = '', exitCode = '', submit = '', workDir = ''] = fields;
    if (rowId !== id || (workDir.startsWith('/') && !isWorkDirOf(directory, workDir))) continue;
    const { state, by } = rowState.exec(printedState)?.groups ?? {};
    if (state === undefined)
      return { kind: 'unreadable', why: `sacct printed of job ${id}: ${quoted(fields.join('|'), border)}` };
    const known = { ...(/^\d+:\d+$/.test(exitCode) && { exitCode }), ...(by && { cancelledBy: by }) };
    const place = workDir.startsWith('/') ? { workDir } : {};
    runs.push({ submit, reading: { kind: 'job', state, ...known, ...place } });
  }
  // The last run: a requeued job is submitted anew. Times of this format sort as texts.
  const last = runs.reduce<(typeof runs)[number] | undefined>((a, b) => (a && a.submit > b.submit ? a : b), undefined);
  return last?.reading ?? { kind: 'unknown' };
}
