import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { AnnouncedJob } from '../cancel/read-announced-jobs.ts';
import type { Whose } from './command.ts';

/**
 * Who answers a command that names jobs which this instance does not have: whoever announced one of them; if nobody did, whoever announced
 * the last job of the pull request. If no job is announced at all, nothing tells the instances apart.
 */
export function whoseJobs(ids: readonly string[], announced: readonly AnnouncedJob[]): Whose {
  const named = joined(ids.map(codeSpan), ', ');
  // What another instance announced without its number may be meant.
  const meant = announced.filter(({ id, isOurs }) => (id === undefined ? !isOurs : ids.includes(id)));
  if (meant.some(({ isOurs }) => isOurs)) {
    const reason = md`this instance announced job ${named}, and has it no more: its directory is moved away when the pull request is closed, or its record was damaged`;
    return { kind: 'refused', reason };
  }
  const last = announced.at(-1);
  const reason = md`no job ${named} was announced on this pull request; \`bot: status\` lists the jobs`;
  if (last === undefined) return { kind: 'nothing-matches', reason };
  return last.isOurs && meant.length === 0 ? { kind: 'refused', reason } : { kind: 'left-to-others' };
}
