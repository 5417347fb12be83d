import { z } from 'zod';
import { mayNotCancel, tellCancelled } from '../../messages/cancel.ts';
import { md } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
import { filtersShape, hasFilter, jobsNamed } from '../arguments/filter.ts';
import { cancelJobs } from '../cancel/cancel-jobs.ts';
import { readAnnouncedJobs } from '../cancel/read-announced-jobs.ts';
import { readKnownJobs } from '../cancel/read-known-jobs.ts';
import type { Command, CommandLine } from './command.ts';
import { keptMarkdown } from './kept-markdown.ts';

const kept = z.object({
  kind: z.literal('cancel'),
  /** Job ids; absent: all jobs that the filters match. */
  ids: list(word).exactOptional(),
  /** Given as job ids, but malformed. */
  dropped: list(word),
  filters: filtersShape,
});
const result = z.object({ kind: z.literal('cancel'), done: list(keptMarkdown), why: list(keptMarkdown) });
type Got = Awaited<ReturnType<typeof cancelJobs>> | 'left-to-others' | undefined;

export const cancel: Command<'cancel', typeof kept, typeof result, Got> = {
  name: 'cancel',
  permission: 'build',
  nothing: 'cancelled',
  buildsNothing: true,
  searches: () => ['instance', 'architecture', 'accelerator', 'repository', 'jobid'],
  usage: () => md`bot: cancel [jobid:ID …] [FILTERS]`,
  does: md`cancels jobs of the pull request that wait or run`,
  example: () => 'cancel jobid:1234',
  notes: () => [
    md`\`cancel\` without a filter cancels all your jobs of the pull request on every instance; \`jobid:\` names one, and can be given several times.`,
  ],
  guide: {
    task: 'stop',
    when: md`When a build is not needed any more, or was a mistake. Jobs that are held, wait or run are ended; what a job has left stays in its directory.`,
    answers: [
      md`\`cancelled job\` with its number: Slurm has taken it. The job's comment tells its end, and by whom it was cancelled, within a minute or two: in two rows \`finished\`, one that it was cancelled, and one for what came of the build, as tools that read the Python bot's comments expect.`,
      md`\`No cancellable jobs were given.\` or \`No jobs were cancelled.\`, with the reason of each: it has ended, belongs to another pull request, or was ordered by somebody else.`,
      md`A job that is \`not cancelled yet\`: Slurm does not answer; the bot goes on trying.`,
      md`\`it has ended\`, and how: the number is that of a job that ended before.`,
      md`\`no job … was announced on this pull request\`: no instance has a job of that number. Without a number: \`no job that this command selects waits or runs\`. Both come from one instance alone, the one that announced the last build of the pull request; the former from one whose comments leave the number out, where there is one (where there are several, from none); where those comments were deleted, the latter from each that has built for it. 😕 alone: without a number, that instance has built nothing for the pull request; with one, no instance has.`,
    ],
  },
  kept,
  plan(line) {
    const { named, valid, dropped } = idsOf(line);
    const filters = line.filters.filter(({ component }) => component !== 'jobid');
    return { kind: 'cancel', ...(named.length > 0 && { ids: valid }), dropped, filters };
  },
  isPartlyRefused: ({ dropped }) => dropped.length > 0,
  /** A job id is unique on its own cluster only, and every instance hears the command. */
  async whoseIs(line, where, settings) {
    const { named, valid } = idsOf(line);
    if (hasFilter(line.filters, 'instance') || (named.length > 0 && valid.length === 0)) return { kind: 'ours' };
    const known = await readKnownJobs(where, valid, settings);
    if (named.length > 0)
      return known.some(({ job }) => valid.includes(job.id)) ? { kind: 'ours' } : { kind: 'not-here', jobs: valid };
    return known.length > 0 ? { kind: 'ours' } : { kind: 'nothing-matches', reason: noJobHere };
  },
  async carryOut({ ids, filters }, context, tools) {
    if (ids?.length === 0) return undefined;
    const done = await cancelJobs({ ...(ids && { ids }), filters }, context, tools);
    const isNamed = ids !== undefined || hasFilter(filters, 'instance');
    const isNothing = [done.cancelled, done.later, done.refused].every(({ length }) => length === 0);
    if (!isNothing || isNamed) return done;
    return ((await readAnnouncedJobs(context, tools)).at(-1)?.isOurs ?? true) ? done : 'left-to-others';
  },
  answer({ ids, dropped }, got = { cancelled: [], later: [], refused: [] }) {
    if (got === 'left-to-others') return { result: { kind: 'left-to-others' } };
    return {
      result: { kind: 'cancel', ...tellCancelled({ ...(ids && { ids: { valid: ids.length, dropped } }), ...got }) },
    };
  },
  result,
  tell({ done, why }) {
    const [reason] = why;
    const lines = [...done, ...why].map((line) => md`  - ${line}`);
    return { kind: 'told', lines, ...(reason !== undefined && { saying: 'response with a refusal', reason }) };
  },
  tellNoPermission: mayNotCancel,
};

const noJobHere = md`this instance has no job of this pull request; \`bot: status\` lists those of all instances`;

/** The given job ids, sorted into valid ones and others: ids of arrays and of steps are not valid. */
function idsOf({ filters }: CommandLine): Readonly<Record<'named' | 'valid' | 'dropped', readonly string[]>> {
  const named = jobsNamed(filters);
  const isId = (text: string) => /^[1-9]\d{0,18}$/.test(text);
  const valid = named.filter(isId);
  return { named, valid, dropped: named.filter((text) => !isId(text)) };
}
