import type { JobOutput } from '../jobs/job-output.ts';
import type { JobPhase } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { asComment } from './comment.ts';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import { foldedOutput, longestInComment } from './job-output.ts';
import { joined, md } from './markdown.ts';

/** The output of a job, and its phase. */
export interface ToldOutput {
  readonly id: string;
  /** `unknown`: this bot has not followed it. */
  readonly phase: JobPhase | 'unknown';
  readonly output: JobOutput;
}

/** The answer to `bot: log`. `missing`: jobs that were named, too, and that this instance does not have. */
export function logComment(appName: string, outputs: readonly ToldOutput[], missing: readonly string[] = []): Markdown {
  const room = Math.floor(longestInComment / outputs.length);
  const parts = outputs.map((each) => partOf(appName, each, room));
  if (missing.length > 0) parts.push(md`${hasNot(appName, missing)}.`);
  return asComment(joined(parts, '\n\n'));
}

/** A sentence, without its end, about jobs that an instance does not have. */
export const hasNot = (appName: string, jobs: readonly string[]): Markdown =>
  md`Instance ${codeSpan(appName)} has no job ${joined(jobs.map(codeSpan), ', ')} of this pull request; \`bot: status\` lists the jobs of all`;

function partOf(appName: string, told: ToldOutput, room: number): Markdown {
  const { id, output, phase } = told;
  const job = md`Job ${codeSpan(id)} of instance ${codeSpan(appName)} ${states[phase]}`;
  if (output.kind === 'unusable')
    return md`${job}. Its output cannot be shown: ${codeSpan(`slurm-${id}.out`)} ${escapeMarkdown(output.why)}.`;
  if (output.kind === 'missing') return md`${job}. ${noOutput(told)}`;
  if (output.lines.length === 0) return md`${job}. It has printed nothing.`;
  return joined([md`${job}.`, foldedOutput(id, output.lines, room)], '\n\n');
}

function noOutput({ id, phase }: ToldOutput): Markdown {
  const hasNotStarted = phase === 'submitted' || phase === 'released';
  if (hasNotStarted) return md`It has printed nothing yet.`;
  return md`There is no ${codeSpan(`slurm-${id}.out`)} in its directory: the site may have another name for it, or it was removed.`;
}

const states: Readonly<Record<ToldOutput['phase'], Markdown>> = {
  submitted: md`waits`,
  released: md`waits for Slurm to start it`,
  running: md`is running`,
  finished: md`has ended`,
  unknown: md`is not followed by this bot yet`,
};
