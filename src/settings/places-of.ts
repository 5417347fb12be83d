import type { Settings } from './settings.ts';

/** The directories with what the bot must not lose; each may be a file system of its own. */
export function placesOf({ stateDir, build, jobManager }: Settings): Readonly<Record<string, string>> {
  return { state_dir: stateDir, jobs_base_dir: build.jobsBaseDir, job_ids_dir: jobManager.jobIdsDir };
}

/** The directories of sealed files, and the key of their seals. */
export function sealedPlacesOf({ stateDir, build, jobManager, github }: Settings) {
  const { privateKeyPath } = github;
  return { stateDir, jobsBaseDir: build.jobsBaseDir, jobIdsDir: jobManager.jobIdsDir, privateKeyPath };
}
