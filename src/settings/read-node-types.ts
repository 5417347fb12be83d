import { z } from 'zod';
import type { Setting } from './config-file.ts';
import { suggest } from './nearest-name.ts';
import { type Reading, readJson, readWords, warnOfUnknownKeys } from './reading.ts';
import type { NodeType } from './settings.ts';

/** Where jobs can be built: `node_type_map`, or `arch_target_map` with `repo_target_map`. */
export function readNodeTypes(reading: Reading): readonly NodeType[] {
  return reading.dialect.hasNodeTypes ? readNodeTypeMap(reading) : readTargetMaps(reading);
}

const text = z.string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'has to be a text') });
// They become names of directories and sections; Slurm interprets percent signs and backslashes in file names.
const repositoryIds = z.array(
  z
    .string('has to be a text')
    .regex(/^(?!\.{1,2}$)[^/\s]+$/, 'has to be a repository id, without blanks and slashes')
    .regex(/^[^%\\\p{Cc}]*$/u, 'has to be a repository id, without `%`, backslash and control characters'),
  'has to be a list of repository ids',
);
const directories = (message: string) => text.regex(/^(?!.*(^|\/)\.{0,2}(\/|$))[\w./-]+$/, message);

const nodeType = z.looseObject(
  {
    os: text,
    cpu_subdir: directories('has to be directories such as x86_64/amd/zen2'),
    slurm_params: text,
    repo_targets: repositoryIds.optional(),
    accel: text.optional(),
  },
  'has to be {"os": …, "cpu_subdir": …, "slurm_params": …, "repo_targets": […]}',
);
/** Such an entry is skipped, whatever else it lacks. */
const withoutRepositories = z.looseObject({ repo_targets: z.undefined().optional() });

const nothingCanBeBuilt = 'is empty: nothing can be built; add an entry for each kind of node, as app.cfg.example does';

function readNodeTypeMap(reading: Reading): readonly NodeType[] {
  const setting = reading.file.getRequired('architecturetargets', 'node_type_map');
  const entry = z.preprocess(
    (value) => (withoutRepositories.safeParse(value).success ? undefined : value),
    nodeType.optional(),
  );
  const json = readJson(reading, setting, z.record(z.string(), entry, 'has to be a map from names to node types'));
  if (json?.keys.length === 0) reading.file.warn(setting, nothingCanBeBuilt);
  return (json?.keys ?? []).flatMap((name) => {
    const type = json?.value[name];
    if (type === undefined) {
      reading.file.warn(setting, `"${name}" has no repo_targets: nothing is built there`);
      return [];
    }
    warnOfUnknownKeys(reading, setting, name, type, Object.keys(nodeType.shape));
    refuseOddName(reading, setting, name);
    return {
      name,
      os: type.os,
      cpuSubdir: type.cpu_subdir,
      ...(type.accel !== undefined && type.accel !== '' && { accelerator: type.accel }),
      slurmParams: readWords(reading, setting, type.slurm_params, `"${name}": slurm_params`),
      repositories: type.repo_targets ?? [],
    };
  });
}

/** Names of node types become part of directories. */
function refuseOddName({ file }: Reading, setting: Setting, name: string): void {
  if (/[%\\\p{Cc}]/u.test(name))
    file.refuse(setting, `${JSON.stringify(name)} has to be a name without \`%\`, backslash and control characters`);
}

const isOsAndSubdir = /^(?!.*(^|\/)\.{0,2}(\/|$))[^/\s]+\/[^\s]+$/;

function readTargetMaps(reading: Reading): readonly NodeType[] {
  const { file } = reading;
  const architectures = file.getRequired('architecturetargets', 'arch_target_map');
  const repositories = file.getRequired('repo_targets', 'repo_target_map');
  const parameters = readJson(
    reading,
    architectures,
    z.record(z.string(), text, 'has to be a map from OS/SUBDIR to parameters of sbatch'),
  );
  const ids = readJson(
    reading,
    repositories,
    z.record(z.string(), repositoryIds, 'has to be a map from OS/SUBDIR to lists of repository ids'),
  );
  for (const key of parameters?.keys ?? []) {
    if (!isOsAndSubdir.test(key))
      file.refuse(architectures, `"${key}" has to be OS/SUBDIR such as linux/x86_64/amd/zen2`);
    else refuseOddName(reading, architectures, key);
  }
  if (parameters?.keys.length === 0) file.warn(architectures, nothingCanBeBuilt);
  const known = parameters?.keys ?? [];
  for (const key of ids?.keys ?? []) {
    if (known.includes(key)) continue;
    file.warn(repositories, `"${key}" is not in arch_target_map: nothing is built for it${suggest(key, known)}`);
  }
  return known.flatMap((name) => {
    const targets = ids?.value[name];
    if (targets === undefined) return [];
    return {
      name,
      os: name.slice(0, name.indexOf('/')),
      cpuSubdir: name.slice(name.indexOf('/') + 1),
      slurmParams: readWords(reading, architectures, parameters?.value[name] ?? '', `"${name}"`),
      repositories: targets,
    };
  });
}
