import type { CommandResultWord } from '../tools.ts';
import type { PlannedCommand } from './kept-plan.ts';

/** The result of a command that was carried out, or needs no action. */
export function resultOfCommand({ outcome, result }: Pick<PlannedCommand, 'outcome' | 'result'>): CommandResultWord {
  switch (result?.kind ?? outcome.kind) {
    case 'misunderstood':
    case 'near-miss':
      return 'misunderstood';
    case 'left-to-others':
      return 'left to others';
    case 'no-permission':
    case 'no-build-permission':
      return 'no permission';
    case 'failed':
    case 'refused':
      return 'failed';
    case 'nothing':
    case 'nothing-matches':
      return outcome.kind === 'no-permission' ? 'no permission' : 'nothing';
    default:
      return 'done';
  }
}
