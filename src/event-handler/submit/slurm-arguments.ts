import type { BuildSettings } from '../../settings/settings.ts';

/**
 * What follows the submit command: `slurm_params`, how the job is held back, a time limit where the site gives none, the target's own
 * parameters, the job's name, what the command gives, the script. `--`: an option of the command that lacks its value does not take the
 * script for it. `--hold` is passed once; a delayed start takes it away from `slurm_params`, not from the target.
 * `ownParams` decides about the time limit; `targetParams` is what is passed (det_submit_opts may have replaced the former).
 */
export function slurmArguments(
  build: Pick<BuildSettings, 'slurmParams' | 'handover' | 'jobName'>,
  ownParams: readonly string[],
  targetParams: readonly string[],
  script: string,
  given: readonly string[] = [],
): string[] {
  const { slurmParams, handover, jobName } = build;
  const isHeld = handover.kind === 'hold_release';
  const limited = [...slurmParams, ...ownParams].some((word) => word.startsWith('--time') || word.startsWith('-t'));
  return [
    ...withoutHold(slurmParams),
    isHeld ? '--hold' : `--begin=now+${handover.delaySeconds}`,
    ...(limited ? [] : ['--time=24:00:00']),
    ...(isHeld ? withoutHold(targetParams) : targetParams),
    ...(jobName === '' ? [] : [`--job-name=${jobName}`]),
    ...(given.length > 0 ? [...given, '--'] : []),
    script,
  ];
}

const withoutHold = (words: readonly string[]) => words.filter((word) => word !== '--hold');
