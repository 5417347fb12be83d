import type { ProgramResult } from '../processes/run-program.ts';
import type { JobId, SubmissionAnswer } from './slurm.ts';

const submitted = /^Submitted batch job (\d+)(?: on cluster (\S+))?\s*$/gm;

/** slurm_errno.h: the request may have reached slurmctld, only the answer did not reach sbatch. */
const lostAnswer =
  /Socket timed out|Unexpected message received|Zero Bytes were transmitted|Message (send|receive) failure|Communication (connection|shutdown) failure|slurm controller \((send|receive|shutdown) failure\)|Insane message length|Connection reset|Broken pipe|not connected|timed out/i;

/** slurm_errno.h: no connection was made. */
const unreached = /slurm controller \(connect failure\)|Unable to contact slurm controller$/m;

/** Words of sbatch itself, whatever it is called here: a wrapper that fails (ssh, …) knows nothing of what Slurm did. */
const ownWords = /^\S+: (error|fatal): |^sbatch: /m;

/** What a run of sbatch means. The id counts, not the exit status; without one, only what surely was not submitted is refused. */
export function parseSbatch(result: ProgramResult): SubmissionAnswer {
  if (result.kind === 'not-started') return { kind: 'refused', message: result.message };
  const found = [...result.stdout.matchAll(submitted)];
  const [id, cluster] = found[0]?.slice(1) ?? [];
  if (id !== undefined && found.length === 1)
    return { kind: 'submitted', id: id as JobId, ...(cluster === undefined ? {} : { cluster }) };
  const said = [result.stderr, result.stdout].map((text) => text.trim()).filter((text) => text !== '');
  const message = [...said, ...why(result)].join('\n');
  const sure = result.kind === 'exited' && result.code !== 0 && found.length === 0;
  if (!sure || !ownWords.test(result.stderr) || lostAnswer.test(message)) return { kind: 'unsure', message };
  return { kind: unreached.test(message) ? 'unavailable' : 'refused', message };
}

function why(result: Exclude<ProgramResult, { kind: 'not-started' }>): string[] {
  switch (result.kind) {
    case 'exited':
      return result.code === 0 ? ['sbatch ended well, but printed no single job id.'] : [];
    case 'killed':
      return [`sbatch was killed by ${result.signal}.`];
    case 'timed-out':
      return [`sbatch did not end within ${result.milliseconds / 1000} s.`];
    case 'too-much-output':
      return ['sbatch printed too much.'];
  }
}
