import { quoteWord } from '../../daemon/quote-word.ts';
import type { InTheWay, Version } from '../../outside/git/program-clone.ts';
import { type DaemonName, daemons } from '../daemons/daemon-names.ts';
import type { Holding } from '../daemons/find-holder.ts';
import type { DaemonProcess } from '../daemons/look-at-process.ts';
import { tellHolder } from '../daemons/tell-holder.ts';
import type { Unit } from '../daemons/unit-of-process.ts';

/** A daemon that runs while the program is exchanged. */
export interface SeenDaemon {
  readonly name: DaemonName;
  readonly holding: Exclude<Holding, { readonly kind: 'none' }>;
  /** Absent: it cannot be seen from here. */
  readonly process?: DaemonProcess;
}

export interface UpgradeFacts {
  /** The directory of the program. */
  readonly root: string;
  /** Where the admin is, with app.cfg. */
  readonly directory: string;
  readonly from: Version;
  /** Undefined: the clone has no such version. */
  readonly to: Version | undefined;
  /** As it was typed. */
  readonly wanted: { readonly version?: string; readonly back: boolean };
  readonly inTheWay: InTheWay;
  readonly running: readonly SeenDaemon[];
  /** Processes that run this program and hold no lease of this site: a standby, or daemons of another site. */
  readonly others: readonly { readonly pid: number; readonly directory?: string }[];
}

/** How a daemon is started again, as it was started. */
export interface ToRestart {
  readonly name: DaemonName;
  readonly words: readonly string[];
  readonly directory: string;
  /** systemd stops and starts it. */
  readonly unit?: Unit;
}

type UpgradePlan =
  | { readonly kind: 'refuse'; readonly why: readonly string[] }
  | { readonly kind: 'nothing to do' }
  | {
      readonly kind: 'upgrade';
      readonly to: Version;
      readonly restart: readonly ToRestart[];
      /** What the admin has to do besides, as sentences. */
      readonly besides: readonly string[];
    };

/** Plans an upgrade, or says all that is in its way. */
export function planUpgrade(facts: UpgradeFacts): UpgradePlan {
  const { from, to, wanted } = facts;
  if (to === undefined) return { kind: 'refuse', why: [whyNone(wanted)] };
  if (to.commit === from.commit && (to.branch === from.branch || to.branch === undefined))
    return { kind: 'nothing to do' };
  const standbys = facts.others.filter((other) => other.directory === facts.directory);
  const why = [
    ...refusalsOfClone(facts, to),
    ...facts.running.flatMap((daemon) => refusalsOfDaemon(daemon, facts)),
    ...standbys.map(
      ({ pid }) =>
        `process ${pid}, a standby of this site, would take over with the program of before; stop it first, and start it afterwards: kill ${pid}`,
    ),
  ];
  if (why.length > 0) return { kind: 'refuse', why };
  const besides = facts.others.map(
    ({ pid, directory }) =>
      `Process ${pid} runs from this clone, too${directory === undefined ? ', as another account; restart it afterwards.' : `; afterwards run: cd ${quoteWord(directory)} && ./bot.sh restart`}`,
  );
  return { kind: 'upgrade', to, restart: facts.running.flatMap(toRestart), besides };
}

function whyNone({ version, back }: UpgradeFacts['wanted']): string {
  if (back) return 'no upgrade of this command was done here; name the version to go back to: ./bot.sh upgrade v1.0.0';
  if (version !== undefined)
    return `there is no tag, branch or commit ${version}; git tag --list and git branch --remotes show what there is; a clone of one branch or release alone gets the branches of the server after: git remote set-branches origin '*'`;
  return 'no branch that follows one of the server is checked out, and there is no release (a tag v1.2.3); name a version: ./bot.sh upgrade main';
}

function refusalsOfClone({ root, inTheWay: { changed, ownCommits, untracked } }: UpgradeFacts, to: Version): string[] {
  const refusals: string[] = [];
  if (changed.length > 0)
    refusals.push(
      `${changed.join(', ')}: changed in ${root}, which an upgrade would lose; keep a script of your own under another path, name that in app.cfg, and take the change back: git -C ${quoteWord(root)} checkout HEAD -- ${changed.map(quoteWord).join(' ')}`,
    );
  if (ownCommits > 0)
    refusals.push(
      `${ownCommits === 1 ? 'a commit' : `${ownCommits} commits`} in ${root} would be in no branch afterwards; keep ${ownCommits === 1 ? 'it' : 'them'}: git -C ${quoteWord(root)} branch our-own`,
    );
  if (untracked.length > 0)
    refusals.push(
      `${untracked.join(', ')}: in ${root}, where ${to.name} has a file of its own; move it elsewhere, and name the new place where app.cfg names the old one`,
    );
  return refusals;
}

function refusalsOfDaemon({ name, holding, process }: SeenDaemon, { root, directory }: UpgradeFacts): string[] {
  const { kind } = daemons[name];
  if (holding.kind === 'reseal') return [tellHolder(name, holding, directory)];
  if (holding.kind !== 'here')
    return [
      `${tellHolder(name, holding, directory)}. It must not run while the program is exchanged; start it again afterwards`,
    ];
  if (holding.unit?.systemctl === 'systemctl')
    return [
      `the systemd of the machine runs the ${kind}; as root run: systemctl stop ${holding.unit.name}; upgrade; then systemctl start ${holding.unit.name}`,
    ];
  if (process?.own === undefined)
    return [`the ${kind} (process ${holding.pid}) belongs to another account: run this as that one`];
  if (process.program !== root)
    return [
      `the ${kind} (process ${holding.pid}) runs the program in ${process.program}, this is ${root}: run upgrade there`,
    ];
  return [];
}

function toRestart({ name, holding, process }: SeenDaemon): ToRestart[] {
  if (process?.own === undefined) return [];
  const unit = holding.kind === 'here' ? holding.unit : undefined;
  return [{ name, words: process.words, directory: process.own.directory, ...(unit && { unit }) }];
}
