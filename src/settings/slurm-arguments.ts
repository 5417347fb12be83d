import type { BuildSettings } from './settings.ts';

/**
 * The arguments of the submit command: `slurm_params`, the hold or the delayed start, a time limit if the site gives none, the target's own
 * parameters, the job's name, the command's options, the script. `--` keeps an option without its value from taking the script for it.
 * `--hold` is passed once; with a delayed start it is removed from `slurm_params`, but not from the target's.
 * `ownParams` decides about the time limit; `targetParams` are passed (det_submit_opts may have replaced the former).
 */
export function slurmArguments(
  build: Pick<BuildSettings, 'slurmParams' | 'handoverProtocol' | 'jobName'>,
  ownParams: readonly string[],
  targetParams: readonly string[],
  script: string,
  given: readonly string[] = [],
): string[] {
  const { slurmParams, handoverProtocol, jobName } = build;
  const isHeld = handoverProtocol.kind === 'hold_release';
  const limited = [...slurmParams, ...ownParams].some((word) => word.startsWith('--time') || word.startsWith('-t'));
  return [
    ...withoutHold(slurmParams),
    isHeld ? '--hold' : `--begin=now+${handoverProtocol.delaySeconds}`,
    ...(limited ? [] : ['--time=24:00:00']),
    ...(isHeld ? withoutHold(targetParams) : targetParams),
    ...(jobName === '' ? [] : [`--job-name=${jobName}`]),
    ...(given.length > 0 ? [...given, '--'] : []),
    script,
  ];
}

const withoutHold = (words: readonly string[]) => words.filter((word) => word !== '--hold');
