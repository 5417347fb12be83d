import { join } from 'node:path';
import { readTolerantly } from '../../configparser/read-tolerantly.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';

/** What a deployment wants to know of a job's `cfg/job.cfg`. Empty: not said. */
export interface JobConfig {
  readonly repositoryId: string;
  /** The image of the repository, as a container runtime takes it. */
  readonly container: string;
  readonly containerCacheDir: string;
}

/** Reads `cfg/job.cfg` of a job; where it cannot be read, it says nothing. */
export async function readJobConfig(directory: string): Promise<JobConfig> {
  const file = await readUntrusted(join(directory, 'cfg', 'job.cfg'));
  const config = readTolerantly(file.kind === 'text' ? file.text : '');
  return {
    repositoryId: config.valueOf('repository', 'repo_id') ?? '',
    container: config.valueOf('repository', 'container') ?? '',
    containerCacheDir: config.valueOf('site_config', 'container_cachedir') ?? '',
  };
}
