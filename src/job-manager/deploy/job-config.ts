import { join } from 'node:path';
import { readTolerantly } from '../../configparser/read-tolerantly.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';
import type { Settings } from '../../settings/settings.ts';

/** The site's own image for a repository id. A job must not choose it: the image that runs the upload sees the store's key. Empty: none. */
export function imageOf(repositoryId: string, { sections }: Settings['repositories']): string {
  return Object.hasOwn(sections, repositoryId) ? (sections[repositoryId]?.container ?? '') : '';
}

/** The repository id in a job's `cfg/job.cfg`, which the job can change; undefined if there is none. */
export async function readRepositoryId(directory: string): Promise<string | undefined> {
  const file = await readUntrusted(join(directory, 'cfg', 'job.cfg'));
  const said = file.kind === 'text' ? readTolerantly(file.text).valueOf('repository', 'repo_id') : undefined;
  return said || undefined;
}

/** Whether the bot made a directory for that repository id: its path ends with it, or with it, `@` and a node type. */
export function isDirectoryOf(directory: string, repositoryId: string): boolean {
  const at = directory.lastIndexOf(`/${repositoryId}`);
  return at >= 0 && /^(@[^/]*)?$/.test(directory.slice(at + 1 + repositoryId.length));
}
