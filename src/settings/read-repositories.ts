import { isAbsolute, join } from 'node:path';
import { ConfigFile, type FileText } from './config-file.ts';
import { knownRepositoryKeys } from './known-settings.ts';
import { nearestName } from './nearest-name.ts';
import { parseJson } from './parse-json.ts';
import { mapOf, type Reading, readPath } from './reading.ts';
import type { NodeType, Problem, Repositories, RepositorySection } from './settings.ts';

/** Reads `repos.cfg` of a directory (undefined: the working directory's), or says in a sentence why not. */
export type ReadReposCfg = (dir: string | undefined) => FileText | { readonly error: string };

/** Repository ids that are built for without a section in repos.cfg. */
export const needNoSection: readonly string[] = ['EESSI', 'EESSI-pilot'];
const neededKeys = ['container', 'repo_name', 'repo_version'] as const;

/** `repos_cfg_dir` and the repos.cfg in it. Its problems are noted in `reading` too. */
export function readRepositories(
  reading: Reading,
  nodeTypes: readonly NodeType[],
  readReposCfg: ReadReposCfg,
): {
  readonly repositories: Repositories;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
} {
  const setting = reading.file.get('repo_targets', 'repos_cfg_dir');
  const dir = readPath(reading, setting);
  const found = readReposCfg(dir === '' ? undefined : dir);
  const ids = [...new Set(nodeTypes.flatMap((type) => type.repositories))];
  if ('error' in found) {
    if (dir !== '') reading.file.refuse(setting, found.error);
    const wanting = ids.filter((id) => !needNoSection.includes(id));
    if (dir === '' && wanting.length > 0)
      reading.file.warn(setting, `is empty, and ${found.error}: nothing is built for ${wanting.join(', ')}`);
    return { repositories: { sections: mapOf([]) }, problems: [], warnings: [] };
  }
  const file = new ConfigFile(found);
  const known = Object.fromEntries([...file.sectionNames, ...ids].map((id) => [id, knownRepositoryKeys]));
  file.checkEntries({ sections: known, texts: [], needed: [] });
  const sections = mapOf(file.sectionNames.map((id) => [id, readSection(file, id)] as const));
  for (const id of ids) warnOfMissing(file, found.path, sections, id);
  if (dir !== '') for (const id of ids) noteBundle(reading, file, dir, id);
  return {
    repositories: { ...(dir !== '' && { dir }), sections },
    problems: file.problems,
    warnings: file.warnings,
  };
}

function readSection(file: ConfigFile, id: string): RepositorySection {
  if (id === 'repos_cfg_dir')
    file.refuse({ section: id, key: '', value: '' }, 'cannot be the name of a repository; choose another one');
  const map = file.get(id, 'config_map');
  const json = map.value === '' ? undefined : parseJson(map.value);
  if (json !== undefined && 'problem' in json) file.refuse(map, json.problem, json.line);
  const { value: bundle } = file.get(id, 'config_bundle');
  const mapped = json !== undefined && 'value' in json ? json.value : {};
  return {
    container: file.get(id, 'container').value,
    repoName: file.get(id, 'repo_name').value,
    repoVersion: file.get(id, 'repo_version').value,
    missing: neededKeys.filter((key) => !file.has(id, key)),
    ...(bundle !== '' && { bundle: { name: bundle, files: Object.keys(Object(mapped)) } }),
  };
}

/** Notes the bundle for the check against the disk. An absolute path is one of the compute nodes. */
function noteBundle(reading: Reading, file: ConfigFile, dir: string, id: string): void {
  const bundle = file.get(id, 'config_bundle');
  if (bundle.value === '' || isAbsolute(bundle.value)) return;
  reading.paths.push({ where: file.locate(bundle), written: bundle.value, expanded: join(dir, bundle.value) });
}

function warnOfMissing(file: ConfigFile, path: string, sections: Repositories['sections'], id: string): void {
  const missing = sections[id]?.missing;
  if (missing === undefined && !needNoSection.includes(id)) {
    const nearest = nearestName(id, file.sectionNames);
    const hint = nearest === undefined ? '' : ` (there is a section [${nearest}])`;
    file.warnings.push({ file: path, message: `has no section [${id}]: nothing is built for it${hint}` });
  }
  for (const key of missing ?? []) {
    file.warn(
      { section: id, key, value: '' },
      `is missing: nothing is built for ${id}; it has to be there, but may be empty`,
    );
  }
}
