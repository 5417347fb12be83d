import type { ProgramCall } from '../processes/program-call.ts';
import type { JobAddress } from './slurm.ts';

/** `scontrol_command` for one job: `%(jobid)s` and the like are filled in word by word, `%%` is `%`. The settings checked the names. */
export function scontrolCommand(template: ProgramCall, job: JobAddress): ProgramCall {
  const values: Readonly<Record<string, string>> = {
    jobid: job.id,
    cluster: job.cluster,
    partition: job.partition,
    state: job.state,
    reason: job.reason,
  };
  return inEachWord(template, (name, whole) => values[name] ?? whole);
}

/** `scontrol_command` without a job; undefined if it needs one, to name its cluster for instance. */
export function scontrolCommandForAll(template: ProgramCall): ProgramCall | undefined {
  let isForOne = false;
  const command = inEachWord(template, (_name, whole) => {
    isForOne = true;
    return whole;
  });
  return isForOne ? undefined : command;
}

function inEachWord(template: ProgramCall, valueFor: (name: string, whole: string) => string): ProgramCall {
  const fill = (word: string) =>
    word.replaceAll(/%%|%\((\w+)\)s/g, (whole, name?: string) => (name === undefined ? '%' : valueFor(name, whole)));
  return {
    environment: Object.fromEntries(Object.entries(template.environment).map(([name, value]) => [name, fill(value)])),
    program: fill(template.program),
    arguments: template.arguments.map(fill),
  };
}
