import { type DaemonName, daemons } from './daemon-names.ts';
import type { Holding } from './find-holder.ts';

/** Who runs, and how it is ended, as a sentence without its full stop. */
export function tellHolder(name: DaemonName, holding: Exclude<Holding, { kind: 'none' }>, directory: string): string {
  const { kind } = daemons[name];
  switch (holding.kind) {
    case 'here':
      return `the ${kind} runs already, as process ${holding.pid}, since ${holding.since}; to end it, run: ./bot.sh stop ${name}`;
    case 'elsewhere':
      return `the ${kind} runs on ${holding.host}, as process ${holding.pid}, since ${holding.since}; to end it, run there: cd ${directory} && ./bot.sh stop ${name}`;
    case 'unknown':
      return `something renews ${holding.path}, which cannot be read; look which machine has a ${kind} with this state directory`;
  }
}
