import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { AnnouncedJob } from '../cancel/read-announced-jobs.ts';
import type { Whose } from './command.ts';

/**
 * Who answers a command that names jobs which this instance does not have: whoever announced one of them; if nobody did, whoever announced
 * the last job of the pull request. Where one instance leaves the numbers out, it alone knows whether it has them, and answers; where several
 * do, none knows it of the others. If no job is announced at all, nothing tells the instances apart.
 */
export function whoseJobs(ids: readonly string[], announced: readonly AnnouncedJob[]): Whose {
  const named = (which: readonly string[]) => joined(which.map(codeSpan), ', ');
  // What another instance announced without its number may be meant.
  const meant = announced.filter(({ id, isOurs }) => (id === undefined ? !isOurs : ids.includes(id)));
  const gone = ids.filter((each) => meant.some(({ id, isOurs }) => isOurs && id === each));
  if (gone.length > 0) {
    const others = ids.filter((id) => !announced.some((each) => each.id === id));
    const unknown = others.length === 0 ? md`` : md`; no job ${named(others)} was announced on this pull request`;
    const reason = md`this instance announced job ${named(gone)}, and has it no more: its directory is moved away when the pull request is closed, or its record was damaged${unknown}`;
    return { kind: 'refused', reason };
  }
  const last = announced.findLast(({ id }) => id === undefined) ?? announced.at(-1);
  const reason = md`no job ${named(ids)} was announced on this pull request; \`bot: status\` lists the jobs`;
  if (last === undefined) return { kind: 'nothing-matches', reason };
  return last.isOurs && meant.length === 0 ? { kind: 'refused', reason } : { kind: 'left-to-others' };
}
