import type { BuildSettings } from '../../settings/settings.ts';

/**
 * What follows the submit command: `slurm_params`, how the job is held back, a time limit where the site gives none, the target's own
 * parameters, the job's name, the script.
 * `ownParams` decides about the time limit; `targetParams` is what is passed (det_submit_opts may have replaced the former).
 */
export function slurmArguments(
  build: Pick<BuildSettings, 'slurmParams' | 'handover' | 'jobName'>,
  ownParams: readonly string[],
  targetParams: readonly string[],
  script: string,
): string[] {
  const { slurmParams, handover, jobName } = build;
  const limited = [...slurmParams, ...ownParams].some((word) => word.startsWith('--time') || word.startsWith('-t'));
  return [
    ...(handover.kind === 'delayed_begin' ? slurmParams.filter((word) => word !== '--hold') : slurmParams),
    handover.kind === 'delayed_begin' ? `--begin=now+${handover.delaySeconds}` : '--hold',
    ...(limited ? [] : ['--time=24:00:00']),
    ...targetParams,
    ...(jobName === '' ? [] : [`--job-name=${jobName}`]),
    script,
  ];
}
