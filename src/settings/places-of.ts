import type { Settings } from './settings.ts';

/** The directories of what the bot must not lose; each may be a file system of its own. */
export function placesOf({ stateDir, build, jobManager }: Settings): Readonly<Record<string, string>> {
  return { state_dir: stateDir, jobs_base_dir: build.jobsBaseDir, job_ids_dir: jobManager.jobIdsDir };
}

/** Where files with seals lie, and the key that they are sealed with. */
export function sealedPlacesOf({ stateDir, build, jobManager, github }: Settings) {
  const { privateKeyPath } = github;
  return { stateDir, jobsBaseDir: build.jobsBaseDir, jobIdsDir: jobManager.jobIdsDir, privateKeyPath };
}
