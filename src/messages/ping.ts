import type { Markdown } from '../outside/forge/forge.ts';
import { formatDate } from './date.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined, md, ownText } from './markdown.ts';

/** The facts in the answer to `bot: ping`. Times are ISO 8601. */
export interface PingFacts {
  readonly version: string;
  readonly now: Date;
  /** When the event handler was started; absent: its lease cannot be read. */
  readonly since?: string;
  /** Absent: none has ever run. */
  readonly jobManager?: { readonly state: 'runs' | 'ended' | 'died'; readonly lastSign: string };
  /** When the job manager last read the queue; absent: not yet. */
  readonly queueReadAt?: string;
  /** The last attempt to read the queue failed. */
  readonly isQueueAway: boolean;
  /** Jobs that have not ended: those that the job manager follows, and those that it has not taken up yet. */
  readonly jobs: { readonly followed: number; readonly handedOver: number };
}

/** The answer to `bot: ping`, lines of a response. */
export function pingLines(facts: PingFacts): readonly Markdown[] {
  const { version, now, since, queueReadAt, isQueueAway, jobs } = facts;
  const running = since === undefined ? md`runs` : md`runs since ${date(since)}, for ${lasting(since, now)}`;
  const read =
    queueReadAt === undefined ? md`not read yet` : md`read at ${date(queueReadAt)}, ${lasting(queueReadAt, now)} ago`;
  const away = isQueueAway ? md`; the last look at it failed, the next one tries again` : md``;
  return [
    md`  - version ${codeSpan(version)}`,
    md`  - event handler: ${running}`,
    md`  - job manager: ${jobManagerOf(facts)}`,
    md`  - queue: ${read}${away}`,
    md`  - jobs that have not ended: ${jobs.followed} followed, ${jobs.handedOver} handed over and not taken up yet`,
  ];
}

function jobManagerOf({ jobManager, now }: PingFacts): Markdown {
  if (jobManager === undefined) return md`has not run yet; jobs wait until the bot's admin starts it`;
  const { state, lastSign } = jobManager;
  const sign = md`last sign at ${date(lastSign)}, ${lasting(lastSign, now)} ago`;
  if (state === 'runs') return md`runs, ${sign}`;
  return md`${state === 'ended' ? md`was stopped` : md`died`}, ${sign}; jobs are not told of until the bot's admin starts it`;
}

const date = (at: string) => ownText(formatDate(new Date(at)));

/** The two largest units of an elapsed time; never negative, though clocks of two machines may differ. */
function lasting(from: string, until: Date): Markdown {
  const seconds = Math.max(0, Math.floor((until.getTime() - new Date(from).getTime()) / 1000));
  const parts = [
    md`${Math.floor(seconds / 86_400)} d`,
    md`${Math.floor(seconds / 3_600) % 24} h`,
    md`${Math.floor(seconds / 60) % 60} min`,
    md`${seconds % 60} s`,
  ];
  const first = parts.findIndex((part) => !part.startsWith('0 '));
  return first < 0 ? md`0 s` : joined(parts.slice(first, first + 2), ' ');
}
