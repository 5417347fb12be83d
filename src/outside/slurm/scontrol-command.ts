import type { Command } from '../processes/command.ts';
import type { JobAddress } from './slurm.ts';

/** `scontrol_command` for one job: `%(jobid)s` and the like are filled in word by word, `%%` is `%`. Its names were checked with the settings. */
export function scontrolCommand(template: Command, job: JobAddress): Command {
  const values: Readonly<Record<string, string>> = {
    jobid: job.id,
    cluster: job.cluster,
    partition: job.partition,
    state: job.state,
    reason: job.reason,
  };
  const fill = (word: string) =>
    word.replaceAll(/%%|%\((\w+)\)s/g, (whole, name?: string) => (name === undefined ? '%' : (values[name] ?? whole)));
  return {
    environment: Object.fromEntries(Object.entries(template.environment).map(([name, value]) => [name, fill(value)])),
    program: fill(template.program),
    arguments: template.arguments.map(fill),
  };
}
