import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Repositories } from '../../settings/settings.ts';
import { type Finding, notLookedAt } from './finding.ts';
import { judgeBundle } from './judge-bundle.ts';
import type { DoctorTools } from './tools.ts';

const tarMilliseconds = 30_000;

/** Reads the configuration bundle of a repository, by the program by which a job unpacks it. Nothing where it has none. */
export async function lookAtBundle(
  repository: string,
  { dir, sections }: Repositories,
  { runProgram, environments, workingDirectory }: Pick<DoctorTools, 'runProgram' | 'environments' | 'workingDirectory'>,
): Promise<readonly Finding[]> {
  const bundle = Object.hasOwn(sections, repository) ? sections[repository]?.bundle : undefined;
  if (bundle === undefined) return [];
  const name = `files/bundle of ${repository}` as const;
  if (isAbsolute(bundle.name)) return [notLookedAt(name, `${bundle.name} is a path of the compute nodes`)];
  const path = join(dir ?? workingDirectory, bundle.name);
  const found = await stat(path).catch(() => undefined); // told by the check of the configuration
  if (found === undefined) return [notLookedAt(name, `there is no ${path}, see configuration`)];
  const listing = await runProgram(
    { program: 'tar', arguments: ['--list', '--file', path] },
    { environment: environments.tool, timeoutMilliseconds: tarMilliseconds },
  );
  return [judgeBundle({ repository, path, files: bundle.files, listing })];
}
