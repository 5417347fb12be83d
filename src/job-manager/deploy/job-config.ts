import { join } from 'node:path';
import { readTolerantly } from '../../configparser/read-tolerantly.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';
import type { Settings } from '../../settings/settings.ts';

/** What a deployment wants to know of the repository id that a job built for. Empty: not said. */
export interface JobConfig {
  readonly repositoryId: string;
  /** The image of the repository, as a container runtime takes it. */
  readonly container: string;
  readonly containerCacheDir: string;
}

/**
 * Reads from `cfg/job.cfg` of a job which repository id it built for. The rest is the site's own: the file lies where the job could
 * write, and what is run in the image sees the key of the store.
 */
export async function readJobConfig(
  directory: string,
  { build, repositories }: Pick<Settings, 'build' | 'repositories'>,
): Promise<JobConfig> {
  const file = await readUntrusted(join(directory, 'cfg', 'job.cfg'));
  const repositoryId = readTolerantly(file.kind === 'text' ? file.text : '').valueOf('repository', 'repo_id') ?? '';
  const { sections } = repositories;
  return {
    repositoryId,
    container: Object.hasOwn(sections, repositoryId) ? (sections[repositoryId]?.container ?? '') : '',
    containerCacheDir: build.siteConfig['container_cachedir'] ?? '',
  };
}
