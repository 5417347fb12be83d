import { type Trouble, tellTrouble } from '../../daemon/troubles.ts';
import type { DaemonName } from '../daemons/daemon-names.ts';
import { daemons } from '../daemons/daemon-names.ts';
import type { Holding } from '../daemons/find-holder.ts';
import { tellHolder } from '../daemons/tell-holder.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

interface DaemonFacts {
  readonly name: DaemonName;
  readonly holding: Holding;
  /** Its last lease was not given back. */
  readonly died: boolean;
  /** The clone that its program is of; undefined: it cannot be seen. */
  readonly program?: string;
  readonly directory?: string;
  readonly ownProgram: string;
  /** When this clone's files were last changed by git, ISO 8601. */
  readonly changedAt?: string;
  /** What it said of itself last. */
  readonly failing: readonly Trouble[];
}

/** Whether a daemon runs, with this program, and what it says goes wrong. */
export function judgeDaemon(facts: DaemonFacts): Finding[] {
  const { name, holding, failing } = facts;
  const { kind } = daemons[name];
  const place = `state/${name}` as const;
  if (holding.kind === 'none') {
    if (!facts.died) return [notLookedAt(place, `the ${kind} does not run; to start it: ./bot.sh start ${name}`)];
    const seen = `the last ${kind} was killed, or its machine went away`;
    return [warning(place, seen, 'one that runs, or was stopped', `./bot.sh start ${name}`)];
  }
  if (holding.kind === 'reseal') return [notLookedAt(place, tellHolder(name, holding, facts.ownProgram))];
  if (holding.kind === 'unknown')
    return [
      failure(place, `${holding.path} is renewed and cannot be read`, 'a lease', `look which machine has a ${kind}`),
    ];
  const who = `process ${holding.pid}${holding.kind === 'elsewhere' ? ` on ${holding.host}` : ''}, since ${holding.since}`;
  return [judgeProgram(facts, holding.since, who), ...failing.map((trouble) => ofTrouble(name, trouble))];
}

function judgeProgram(
  { name, holding, program, ownProgram, changedAt }: DaemonFacts,
  since: string,
  who: string,
): Finding {
  const place = `state/${name}` as const;
  const unit = holding.kind === 'here' ? holding.unit : undefined;
  const mend = unit ? `${unit.systemctl} restart ${unit.name}` : `./bot.sh restart ${name}`;
  if (program !== undefined && program !== ownProgram)
    return warning(place, `${who}, of another clone: ${program}`, `the program in ${ownProgram}`, mend);
  if (changedAt !== undefined && Date.parse(since) < Date.parse(changedAt))
    return warning(
      place,
      `${who}, of an older version: the files were changed at ${changedAt}`,
      'the version that is here',
      mend,
    );
  return fine(place, who);
}

const ofTrouble = (name: DaemonName, trouble: Trouble): Finding =>
  failure(
    `state/${name}-${trouble.kind}`,
    tellTrouble(trouble),
    'that it works',
    `see the words before; when it is mended the ${daemons[name].kind} tries again by itself`,
  );
