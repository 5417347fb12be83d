import { join, resolve } from 'node:path';
import { parseDuration } from './durations.ts';
import type { Job } from './job.ts';
import { type Command, readOptions } from './options.ts';
import { Refused } from './refused.ts';
import { sbatchOptions } from './sbatch-options.ts';

/** What sbatch takes. */
export const sbatch: Command = { program: 'sbatch', options: sbatchOptions, exitCode: 255 };

export type Planned = Omit<Job, 'id'>;

interface Circumstances {
  readonly now: number;
  readonly directory: string;
  readonly script: string;
  readonly text: string;
  readonly arguments: readonly string[];
}

/** The job that sbatch's options and the script's `#SBATCH` lines ask for. The command line wins. */
export function planSubmission(fromWords: ReadonlyMap<string, string>, where: Circumstances): Planned {
  checkScript(where.text);
  const values = new Map([...scriptOptions(where.text), ...fromWords]);
  const partition = values.get('partition') ?? 'main';
  const timeLimit = values.has('time') ? limitMinutes(values.get('time') ?? '') : undefined;
  const begin = values.has('begin') ? where.now + delaySeconds(values.get('begin') ?? '') * 1000 : undefined;
  if (partition === 'no-such-partition') {
    const failed = values.has('test-only') ? 'allocation failure' : 'sbatch: error: Batch job submission failed';
    throw new Refused(
      `sbatch: error: invalid partition specified: ${partition}\n${failed}: Invalid partition name specified`,
    );
  }
  const held = values.has('hold');
  return {
    name: values.get('job-name') ?? where.script.split('/').at(-1) ?? '',
    partition,
    workDir: resolve(where.directory, values.get('chdir') ?? '.'),
    submitDir: where.directory,
    command: [values.has('chdir') ? where.script : resolve(where.directory, where.script), ...where.arguments].join(
      ' ',
    ),
    arguments: where.arguments,
    cpus: Number(values.get('ntasks') ?? 1) * Number(values.get('cpus-per-task') ?? 1),
    submitted: where.now,
    held,
    state: 'PENDING',
    reason: 'None',
    exitCode: '0:0',
    ...(held ? {} : { eligible: begin ?? where.now }),
    ...(begin === undefined ? {} : { begin }),
    ...(timeLimit === undefined ? {} : { timeLimitMinutes: timeLimit }),
  };
}

function checkScript(text: string) {
  if (text === '') throw new Refused('sbatch: error: Batch script is empty!');
  if (text.startsWith('#!')) return;
  const lines = [
    'This does not look like a batch script.  The first',
    'line must start with #! followed by the path to an interpreter.',
    'For instance: #!/bin/sh',
  ];
  throw new Refused(lines.map((line) => `sbatch: error: ${line}`).join('\n'));
}

/** `#SBATCH` lines count up to the first line that is no comment. */
function scriptOptions(text: string): ReadonlyMap<string, string> {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    const options = (/^#SBATCH\s(.*)$/.exec(line)?.[1] ?? '').replace(/\s#.*$/, '');
    for (const [, quoted, single, plain] of options.matchAll(/"([^"]*)"|'([^']*)'|((?:[^\s"'#]|"[^"]*"|'[^']*')+)/g))
      words.push(quoted ?? single ?? (plain ?? '').replaceAll(/["']/g, ''));
  }
  return readOptions(words, sbatch).values;
}

function limitMinutes(text: string): number | undefined {
  if (/^(UNLIMITED|INFINITE)$/i.test(text)) return undefined;
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new Refused('sbatch: error: Invalid --time specification', 255);
  return seconds === 0 ? undefined : Math.ceil(seconds / 60);
}

const unitSeconds: Readonly<Record<string, number>> = {
  '': 1,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

function delaySeconds(text: string): number {
  const [, count, unit = ''] = /^now(?:\+(\d+)([a-z]*?)s?)?$/.exec(text) ?? [text, undefined, 'none'];
  const factor = unitSeconds[unit];
  if (factor !== undefined) return Number(count ?? 0) * factor;
  throw new Refused(`Invalid time specification (pos=0): ${text}\nsbatch: error: Invalid --begin specification`, 255);
}

/** Where Slurm puts the output of a job without `--output`. */
export const outputFile = (job: Pick<Job, 'workDir' | 'id'>) => join(job.workDir, `slurm-${job.id}.out`);
