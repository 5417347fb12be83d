import { quoteWord } from '../../daemon/quote-word.ts';
import { type DaemonName, daemons } from './daemon-names.ts';
import type { Holding } from './find-holder.ts';
import type { Unit } from './unit-of-process.ts';

/** How a unit is handled, as the end of a sentence. */
export const tellUnit = ({ name, systemctl }: Unit) =>
  `as ${name}; to restart it, run: ${systemctl} restart ${name}; to end it: ${systemctl} stop ${name}`;

/** Which daemon runs, and how to stop it: a sentence without its full stop. */
export function tellHolder(name: DaemonName, holding: Exclude<Holding, { kind: 'none' }>, directory: string): string {
  const { kind } = daemons[name];
  switch (holding.kind) {
    case 'here':
      if (holding.unit !== undefined)
        return `systemd runs the ${kind}, as process ${holding.pid}, ${tellUnit(holding.unit)}`;
      return `the ${kind} runs already, as process ${holding.pid}, since ${holding.since}; to end it, run: ./bot.sh stop ${name}`;
    case 'elsewhere':
      return `the ${kind} runs on ${holding.host}, as process ${holding.pid}, since ${holding.since}; to end it, run there: cd ${quoteWord(directory)} && ./bot.sh stop ${name}`;
    case 'reseal':
      return `./bot.sh reseal is at work in the place of the ${kind}, as process ${holding.pid} on ${holding.host}; wait for its end`;
    case 'unknown':
      return `something renews ${holding.path}, which cannot be read; look which machine has a ${kind} with this state directory`;
  }
}
