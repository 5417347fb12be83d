import { join } from 'node:path';
import { readTolerantly } from '../../../configparser/read-tolerantly.ts';
import { cutTo } from '../../../messages/comment.ts';
import { readUntrusted } from '../../../outside/files/read-untrusted.ts';

/**
 * The repository id decides the bucket and the prefix of an artefact, and who signs it. `recorded`: from the bot's record; it takes
 * precedence. `why`: why the artefact is refused, the end of a sentence.
 */
export async function findRepositoryId(
  directory: string,
  recorded: string | undefined,
): Promise<{ readonly repositoryId?: string; readonly why?: string }> {
  if (recorded !== undefined) return { repositoryId: recorded };
  const repositoryId = await readRepositoryId(directory);
  if (repositoryId === undefined || isDirectoryOf(directory, repositoryId)) return repositoryId ? { repositoryId } : {};
  const why = `is of a job whose cfg/job.cfg names the repository id ${cutTo(repositoryId, longestId)}, for which its directory ${directory} was not made; build it again, then set the label anew`;
  return { repositoryId, why };
}

/** Longer than any repository id. */
const longestId = 100;

/** The repository id in a job's `cfg/job.cfg`, which the job can change; undefined if there is none. */
async function readRepositoryId(directory: string): Promise<string | undefined> {
  const file = await readUntrusted(join(directory, 'cfg', 'job.cfg'));
  const said = file.kind === 'text' ? readTolerantly(file.text).valueOf('repository', 'repo_id') : undefined;
  return said || undefined;
}

/** Whether the bot made a directory for that repository id: its path ends with it, or with it, `@` and a node type. */
export function isDirectoryOf(directory: string, repositoryId: string): boolean {
  const at = directory.lastIndexOf(`/${repositoryId}`);
  return at >= 0 && /^(@[^/]*)?$/.test(directory.slice(at + 1 + repositoryId.length));
}
