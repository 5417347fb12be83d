import type { ProgramResult } from '../processes/run-program.ts';
import { whyProgramFailed } from '../processes/why-program-failed.ts';
import { judgeFailedSubmission } from './judge-failed-submission.ts';
import { isClusterName, type JobId, type SubmissionAnswer } from './slurm.ts';

const submitted = /^Submitted batch job (\d+)(?: on cluster (\S+))?\s*$/gm;

/** The whole output of --parsable: the id, and the cluster if there are several. */
const parsable = /^(\d+)(?:;(\S+))?\r?\n$/;

/** The longest id that a job record holds; a longer one is not Slurm's. */
const isId = (id: string) => id.length <= 20;

/** No process, and no retry helps: no program, no permission, too many words. */
const lasting: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOEXEC', 'E2BIG', 'ELOOP']);

/** The result of a run of sbatch. The id counts, not the exit code; without an id, `refused` only if surely nothing was submitted. */
export function parseSbatch(result: ProgramResult): SubmissionAnswer {
  if (result.kind === 'not-started')
    return { kind: lasting.has(result.code) ? 'refused' : 'unavailable', message: result.message };
  const found = [...result.stdout.matchAll(submitted)];
  const isSuccess = result.kind === 'exited' && result.code === 0;
  const [id, cluster] = (found[0] ?? (isSuccess ? parsable.exec(result.stdout) : undefined))?.slice(1) ?? [];
  if (id !== undefined && isId(id) && (cluster === undefined || isClusterName(cluster)) && found.length <= 1)
    return { kind: 'submitted', id: id as JobId, ...(cluster === undefined ? {} : { cluster }) };
  const said = [result.stderr, result.stdout].map((text) => text.trim()).filter((text) => text !== '');
  const message = [...said, ...why(result)].join('\n');
  const isSure = result.kind === 'exited' && result.code !== 0 && found.length === 0;
  return { kind: isSure ? judgeFailedSubmission(message, result.code) : 'unsure', message };
}

function why(result: ProgramResult): string[] {
  if (result.kind !== 'exited') return [whyProgramFailed('sbatch', result, '')];
  return result.code === 0 ? ['sbatch ended well, but printed no single job id.'] : [];
}
