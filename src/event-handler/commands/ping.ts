import { z } from 'zod';
import { botVersion } from '../../daemon/bot-version.ts';
import { readSiteState } from '../../jobs/site-state.ts';
import { joined, md } from '../../messages/markdown.ts';
import { type PingFacts, pingLines } from '../../messages/ping.ts';
import type { Tools } from '../tools.ts';
import type { Command } from './command.ts';
import { keptMarkdown } from './kept-markdown.ts';

const kept = z.object({ kind: z.literal('ping') });
const result = z.object({ kind: z.literal('ping'), text: keptMarkdown });

export const ping: Command<'ping', typeof kept, typeof result, PingFacts> = {
  name: 'ping',
  permission: 'command',
  standsAlone: true,
  instead: md`tells of the bot alone`,
  searches: () => ['instance'],
  usage: () => md`bot: ping`,
  does: md`whether the bot is alive: its version, its two daemons, the queue`,
  example: () => 'ping',
  guide: {
    task: 'look',
    when: md`When a job's table does not move, or a command got no answer: it does not wait for earlier commands, and asks neither Slurm nor git.`,
    answers: [
      md`The version, since when the event handler runs, the last sign of the job manager, when the queue was read last, how many jobs have not ended.`,
      md`Nothing at all: no event handler runs, or GitHub's deliveries do not reach it; ask the admin of the instance.`,
    ],
  },
  kept,
  plan: () => ({ kind: 'ping' }),
  carryOut: (_kept, _context, tools) => readPingFacts(tools),
  answer: (_kept, facts) => ({ result: { kind: 'ping', text: joined(pingLines(facts), '\n') } }),
  result,
  tell: ({ text }) => ({ kind: 'told', lines: [text], saying: 'response with help' }),
};

/** Reads the reports of both daemons in the state directory. */
async function readPingFacts({
  settings: { stateDir, jobManager },
  now: clock,
}: Pick<Tools, 'settings' | 'now'>): Promise<PingFacts> {
  const now = clock();
  const {
    daemons,
    jobManager: report,
    followed,
    handedOver,
  } = await readSiteState(stateDir, jobManager.jobIdsDir, 'event handler');
  const { 'event handler': eventHandler, 'job manager': life } = daemons;
  return {
    version: botVersion,
    now,
    ...(eventHandler?.holder && { since: eventHandler.holder.since }),
    ...(life && { jobManager: life }),
    ...(report?.queueReadAt !== undefined && { queueReadAt: report.queueReadAt }),
    isQueueAway: report?.troubles.some(({ subject }) => subject === 'queue') ?? false,
    jobs: { followed: followed.length, handedOver: handedOver.length },
  };
}
