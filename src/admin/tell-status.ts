import { counted } from '../counted.ts';
import { type DaemonKind, daemonKinds } from '../daemon/daemon-kinds.ts';
import { oneLine } from '../daemon/one-line.ts';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import { tellTrouble } from '../daemon/troubles.ts';
import { findStuck } from '../jobs/find-failing.ts';
import type { RelayReport } from '../jobs/reports.ts';
import type { SetAside } from '../jobs/set-aside.ts';
import { troublesOf } from '../jobs/site-state.ts';
import type { Unit } from './daemons/unit-of-process.ts';
import type { SiteFacts } from './read-facts.ts';

interface Status {
  /** What needs a human, one sentence each; empty: all is fine. */
  readonly needsHuman: readonly string[];
  /** The screen, line by line. */
  readonly lines: readonly string[];
}

/** A delivery that has waited for this long is not just being handled. */
const longWaitMilliseconds = 3_600_000;

/** The status screen, and what of it needs a human. `invalid`: why the configuration is not valid. */
export function tellStatus(facts: SiteFacts, now: Date, invalid?: string): Status {
  const { daemons, units, waiting, setAside, jobs, eventHandler, jobManager, ledger } = facts;
  const count = (kind: SetAside['kind']) => setAside.filter((each) => each.kind === kind).length;
  const phases = Object.entries(jobs.followed).map(([phase, number]) => `${number} ${phase}`);
  const needsHuman = [...(invalid === undefined ? [] : [invalid]), ...whatNeedsAHuman(facts, now)];
  const [oldest] = waiting.deliveries;
  const lines = [
    `state directory  ${facts.stateDir}`,
    `event handler    ${tellDaemon(daemons['event handler'], units['event handler'])}`,
    `job manager      ${tellDaemon(daemons['job manager'], units['job manager'])}`,
    `inbox            ${counted(waiting.deliveries.length, 'waits', 'wait')}${oldest ? `, the oldest since ${timeIn(oldest)}` : ''}; ${count('delivery')} set aside`,
    `orders           ${counted(waiting.orders.length, 'waits', 'wait')}; ${count('order')} set aside`,
    ...tellOrders(facts),
    `jobs             ${phases.length > 0 ? phases.join(', ') : 'none followed'}; ${jobs.handedOver} handed over and not taken yet; ${count('job')} set aside`,
    `queue            ${jobManager?.queueReadAt ? `read at ${jobManager.queueReadAt}` : 'never read'}`,
    `GitHub's list    ${eventHandler?.lastComparison ? `compared at ${eventHandler.lastComparison}; ${counted(eventHandler.missing, 'delivery', 'deliveries')} to be fetched` : 'never compared'}`,
    ...(eventHandler?.relay && daemons['event handler']?.state === 'runs' ? [tellRelay(eventHandler.relay)] : []),
    `ledger           ${counted(ledger.entries, 'entry', 'entries')}`,
    '',
    ...(needsHuman.length === 0
      ? ['All is fine.']
      : ['Needs a human:', ...needsHuman.map((each) => `- ${oneLine(each)}`)]),
    ...tellWarnings(eventHandler?.warnings ?? []),
  ];
  return { needsHuman, lines };
}

function tellRelay({ name, isConnected, since, why, lastEvent, reconnects, rewritten }: RelayReport): string {
  const how = isConnected ? `is connected since ${since}` : `is not heard since ${since}: ${why ?? 'no answer yet'}`;
  const last = lastEvent === null ? 'no delivery yet' : `last delivery at ${lastEvent}`;
  return `relay            ${name} ${how}; ${last}; connected again ${counted(reconnects, 'time')}; signatures that do not fit: ${rewritten}`;
}

/** These need no person: a site may accept them. Each is a paragraph. */
function tellWarnings({ length }: readonly string[]): string[] {
  return length === 0
    ? []
    : [
        '',
        `${counted(length, 'warning')} of what jobs can reach: ./bot.sh check shows ${length === 1 ? 'it' : 'them'}.`,
      ];
}

function whatNeedsAHuman(facts: SiteFacts, now: Date): string[] {
  const { daemons, waiting, setAside, jobs, eventHandler, jobManager, ledger, deploymentsWait } = facts;
  const runs = (kind: DaemonKind) => daemons[kind]?.state === 'runs';
  const unusable = new Set(jobs.unusable.map(({ id }) => id));
  const failing = troublesOf(facts);
  const isTold = (subject: string) => unusable.has(subject) || (subject === 'queue' && failing.some(isOfQueue));
  const troubles = jobManager?.troubles.filter(({ subject }) => !isTold(subject)) ?? [];
  const [oldest] = waiting.deliveries;
  return [
    ...daemonKinds.flatMap((kind) => {
      const mend = daemons[kind]?.isReplaced ? 'wait until that has ended, then start it' : 'start it';
      return runs(kind) ? [] : [`the ${kind} ${tellDaemon(daemons[kind])}: ${mend}`];
    }),
    ...(eventHandler?.configurationProblems ?? []).map(
      (problem) => `the edited configuration is not in force: ${problem}`,
    ),
    ...daemonKinds.flatMap((kind) =>
      runs(kind) ? (reportOf(facts, kind)?.awaitingRestart ?? []).map((edit) => `${kind}: ${edit}`) : [],
    ),
    ...(eventHandler?.failure ? [`the last comparison with GitHub's list failed: ${eventHandler.failure}`] : []),
    ...failing.map(({ daemon, ...trouble }) => `${daemon}: ${tellTrouble(trouble)}`),
    ...findStuck(facts, { now, pollIntervalSeconds: facts.pollIntervalSeconds }).map(({ what }) => what),
    ...(oldest && isLong(timeIn(oldest), longWaitMilliseconds, now)
      ? [`a delivery has waited since ${timeIn(oldest)}: the event handler's log tells why (${oldest})`]
      : []),
    ...jobs.unusable.map(({ id, why }) => `job ${id} cannot be followed: ${why}`),
    ...jobs.untold.map(({ id, why }) => `job ${id} is followed, and told to nobody: ${why}`),
    ...(jobManager?.orders ?? []).flatMap(({ name, what, fails }) => (fails ? [`the order ${name} ${what}`] : [])),
    ...troubles.map(({ subject, what }) => `the job manager has trouble with ${subjectOf(subject)}: ${what}`),
    ...setAside.map(
      ({ kind, name, path, why, since }) =>
        `${kind === 'job' ? `job ${name}` : kind === 'order' ? 'an order' : 'a delivery'} was set aside at ${since}: ${why} (${path}; ${whatMends(name, why)})`,
    ),
    ...deploymentsWait.map((why) => `deployments wait: ${why}`),
    ...(ledger.brokenLine === undefined
      ? []
      : [`line ${ledger.brokenLine} of the ledger is not what was written: compare it with a backup`]),
  ];
}

const reportOf = (facts: SiteFacts, kind: DaemonKind) =>
  kind === 'event handler' ? facts.eventHandler : facts.jobManager;
const isOfQueue = ({ daemon, kind }: { daemon: DaemonKind; kind: string }) =>
  daemon === 'job manager' && kind === 'queue';

/** Without a new seal it would be refused again. The rest of the sentence was another one in earlier versions. */
const isOfSeal = (why: string) => why.includes('replay --reseal');

/** More would scroll the rest away. */
const ordersShown = 20;

function whatMends(name: string, why: string): string {
  const drop = `./bot.sh drop ${name}`;
  if (name.endsWith('.damaged')) return `what GitHub still lists of it was fetched anew; to drop it: ${drop}`;
  return `when the reason is gone: ./bot.sh replay ${isOfSeal(why) ? '--reseal ' : ''}${name}; where it is not wanted any more: ${drop}`;
}

/** Each open order, and what the job manager last said of it. */
function tellOrders({ waiting, jobManager }: SiteFacts): string[] {
  const said = new Map(jobManager?.orders?.map(({ name, what }) => [name, what]));
  const { orders } = waiting;
  const lines = orders.map((name) => oneLine(`${name} ${said.get(name) ?? 'waits for the job manager'}`));
  const more = lines.length > ordersShown ? [`and ${lines.length - ordersShown} more`] : [];
  return [...lines.slice(0, ordersShown), ...more].map((line) => `                 ${line}`);
}

function tellDaemon(daemon: DaemonFacts | undefined, unit?: Unit): string {
  if (daemon === undefined) return 'was never started';
  const { state, isReplaced, holder, number, lastSign } = daemon;
  const who = `${holder ? `process ${holder.pid} on ${holder.host}` : 'its lease is damaged'}, number ${number}`;
  if (holder !== undefined && isReplaced)
    return `does not run; ./bot.sh ${holder.by} is at work in its place since ${holder.since} (${who})`;
  if (holder?.by !== undefined)
    return `does not run; ./bot.sh ${holder.by} had its lease, last at ${lastSign} (${who})`;
  switch (state) {
    case 'runs':
      return `runs since ${holder?.since ?? 'no known time'} (${who}${unit ? `; systemd runs it: ${unit.systemctl} restart ${unit.name}` : ''})`;
    case 'ended':
      return `ended at ${lastSign} (${who})`;
    case 'died':
      return `died, or its machine is gone: last sign at ${lastSign} (${who})`;
  }
}

const isLong = (since: string, limit: number, now: Date) => now.getTime() - Date.parse(since) > limit;
const subjectOf = (subject: string) => (/^\d+$/.test(subject) ? `job ${subject}` : subject);

/** The time at the start of a delivery's name. */
function timeIn(name: string): string {
  return name.slice(0, name.indexOf('_')).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:');
}
