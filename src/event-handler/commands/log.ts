import { z } from 'zod';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import { readJobOutput } from '../../jobs/job-output.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { hasNot, logComment, type ToldOutput } from '../../messages/log-comment.ts';
import { joined, md, ownText } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Markdown, OfPullRequest } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { hasFilter, jobsNamed } from '../arguments/filter.ts';
import type { Tools } from '../tools.ts';
import type { Command, CommandLine } from './command.ts';

const defaultLines = 50;
const mostJobs = 5;

const kept = z.object({ kind: z.literal('log'), jobs: list(word), lines: z.int() });
type Kept = z.infer<typeof kept>;
const result = z.object({ kind: z.literal('log'), url: word });

/** Shows the output of jobs of this pull request. Only an instance that has one of the jobs shows any. */
export const log: Command<'log', typeof kept, typeof result, readonly ToldOutput[]> = {
  name: 'log',
  permission: 'command',
  takes: ['lines'],
  searches: () => ['instance', 'jobid'],
  usage: () => md`bot: log jobid:N [lines:N]`,
  does: md`the last lines that a job has printed`,
  example: () => 'log jobid:12345 lines:100',
  guide: {
    task: 'look',
    when: md`When a job failed, or takes long: what it has printed last, while it runs too. The comment of a job has its number.`,
    answers: [
      md`A comment with the last lines of each job that is named, folded: 50, or as many as \`lines:\` asks for (500 at most).`,
      md`Nothing, of an instance that has none of the jobs: the one that has them answers.`,
      md`\`no job … was announced on this pull request\`, from the instance that announced its last build, or from one whose comments leave the number out (where several do, from none); 😕 alone, from each instance, where nothing was built for it yet.`,
    ],
  },
  kept,
  plan(line) {
    const jobs = jobsNamed(line.filters);
    const reason = whyNotShown(line, jobs);
    if (reason !== undefined) return { kind: 'refused', reason };
    return { kind: 'log', jobs: [...new Set(jobs)], lines: line.lines ?? defaultLines };
  },
  async whoseIs({ filters }, where, settings) {
    const jobs = jobsNamed(filters);
    if (jobs.length === 0 || !jobs.every(isNumber) || hasFilter(filters, 'instance')) return { kind: 'ours' };
    return (await jobsOf(jobs, where, settings)).length > 0 ? { kind: 'ours' } : { kind: 'not-here', jobs };
  },
  carryOut: readOutputs,
  answer({ jobs }, outputs, { appName }) {
    const missing = jobs.filter((job) => !outputs.some(({ id }) => id === job));
    if (outputs.length > 0) return { comment: { saying: 'log', body: logComment(appName, outputs, missing) } };
    return { result: { kind: 'failed', command: 'log', reason: hasNot(appName, missing) } };
  },
  result,
  tell: ({ url }) => ({ kind: 'told', lines: [md`  - added comment ${ownText(url)} with the output`] }),
};

function whyNotShown({ filters }: CommandLine, jobs: readonly string[]): Markdown | undefined {
  const example = md`as in ${codeSpan('bot: log jobid:12345')}; the comment of a job has its number`;
  const strange = filters.filter(({ component }) => component !== 'jobid' && component !== 'instance');
  if (strange.length > 0) {
    const names = joined(
      strange.map(({ component }) => codeSpan(`${component}:`)),
      ', ',
    );
    return md`${codeSpan('log')} takes no ${names}: it shows the jobs that \`jobid:\` names, ${example}.`;
  }
  if (jobs.length === 0) return md`it lacks the number of a job, ${example}.`;
  const wrong = jobs.find((each) => !isNumber(each));
  if (wrong !== undefined)
    return md`${codeSpan(`jobid:${wrong}`)} is no number of a job: type digits only, ${example}.`;
  return jobs.length > mostJobs
    ? md`it names ${jobs.length} jobs; at most ${mostJobs} are shown in one comment.`
    : undefined;
}

const isNumber = (text: string) => /^\d{1,20}$/.test(text);

/** The output of the named jobs that belong to this pull request and this instance. */
async function readOutputs(
  { jobs, lines }: Kept,
  which: OfPullRequest,
  { settings }: Pick<Tools, 'settings'>,
): Promise<readonly ToldOutput[]> {
  const hidden = [settings.build.jobsBaseDir, settings.stateDir];
  const outputs: ToldOutput[] = [];
  for (const { link, phase } of await jobsOf(jobs, which, settings))
    outputs.push({ id: link.id, phase, output: await readJobOutput(link, lines, hidden) });
  return outputs;
}

/** Those of these jobs that this instance has, and that belong to this pull request. */
async function jobsOf(ids: readonly string[], which: OfPullRequest, { build }: Pick<Settings, 'build'>) {
  const directories = await readPullRequestDirectories(build.jobsBaseDir, which.pullRequest);
  const links = directories.flatMap(({ jobs }) => jobs);
  const found: { readonly link: JobLink; readonly phase: ToldOutput['phase'] }[] = [];
  for (const id of ids) {
    const link = links.findLast((each) => each.id === id);
    const phase = link && (await phaseOf(link, which));
    if (link !== undefined && phase !== undefined) found.push({ link, phase });
  }
  return found;
}

/** The phase of a job; undefined: it is gone, or belongs to another repository with the same pull request number. */
async function phaseOf(link: JobLink, which: OfPullRequest): Promise<ToldOutput['phase'] | undefined> {
  const reading = await readJobRecord(link.directory);
  if (reading.kind === 'unusable') return undefined;
  if (reading.kind === 'record') {
    const { record } = reading;
    return pullRequestKey(record) === pullRequestKey(which) ? record.phase : undefined;
  }
  // A job of another bot that our job manager has not adopted.
  const other = await readMetadata(link.directory, link.id);
  if (other.kind !== 'metadata') return undefined;
  return pullRequestKey(other.metadata) === pullRequestKey(which) ? 'unknown' : undefined;
}
