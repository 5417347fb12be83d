import { type JobLink, readJobLink, submittedDir } from '../../jobs/handovers.ts';
import { listNames } from '../../outside/files/list-names.ts';

/**
 * The followed jobs. Only this process removes their links, and a link never changes, so each is read once.
 */
export class SubmittedLinks {
  #known: ReadonlyMap<string, JobLink> = new Map();
  #directory = '';

  async read(jobIdsDir: string): Promise<JobLink[]> {
    const directory = submittedDir(jobIdsDir);
    const before = this.#directory === directory ? this.#known : new Map<string, JobLink>();
    const known = new Map<string, JobLink>();
    for (const name of await listNames(directory)) {
      const link = before.get(name) ?? (await readJobLink(directory, name));
      if (link !== undefined) known.set(name, link);
    }
    [this.#known, this.#directory] = [known, directory];
    return [...known.values()];
  }
}
