import { prefixVariables } from '../jobs/choose-prefixes.ts';
import { isBelow } from '../outside/files/is-below.ts';
import { hasPlaceholder } from './doubts-of.ts';
import { suggest } from './nearest-name.ts';
import type { Reading } from './reading.ts';
import type { PerRepository, Settings } from './settings.ts';

/** Warns of settings that do not fit each other: the daemons start with them. */
export function warnOfMismatches(reading: Reading, settings: Settings): void {
  warnOfTrash(reading, settings);
  if (settings.deploy.policy === 'none') return;
  warnOfRepositories(reading, settings);
  warnOfPrefix(reading, 'artefact_prefix', settings.deploy.artefactPrefix);
  warnOfPrefix(reading, 'metadata_prefix', settings.deploy.metadataPrefix);
  if (settings.deploy.attestation && Object.keys(settings.deploy.signing).length === 0)
    reading.file.warn(
      reading.file.get('deploycfg', 'attestation'),
      'has nothing signed, since signing is empty: whoever may write to the bucket could change what it says; name keys in signing',
    );
}

function warnOfTrash(
  { file }: Reading,
  { cleanUp: { trashBinDir }, build: { jobsBaseDir }, stateDir }: Settings,
): void {
  const setting = file.get('clean_up', 'trash_bin_dir');
  if (trashBinDir === '' || jobsBaseDir === '') return;
  if (trashBinDir === jobsBaseDir)
    file.warn(setting, 'is jobs_base_dir: what is thrown away would lie among what is used; write another directory');
  else if (isBelow(jobsBaseDir, trashBinDir))
    file.warn(
      setting,
      `has jobs_base_dir (${jobsBaseDir}) in it: whoever empties it removes all jobs; write another directory`,
    );
  else if (trashBinDir === stateDir || isBelow(trashBinDir, stateDir))
    file.warn(setting, `is in state_dir (${stateDir}), which is the bot's own; write another directory`);
}

/** Entries for ids that another instance builds for are no mistake: one that is doubted looks like another id, or no entry is of use. */
function warnOfRepositories({ file }: Reading, { nodeTypes, deploy: { bucketName, signing } }: Settings): void {
  const ids = [...new Set(nodeTypes.flatMap(({ repositories }) => repositories))];
  const maps = {
    bucket_name: bucketName.kind === 'same' ? [] : Object.keys(bucketName.values),
    signing: Object.keys(signing),
  };
  for (const [key, names] of Object.entries(maps)) {
    const setting = file.get('deploycfg', key);
    if (hasPlaceholder(key, setting.value)) continue;
    const missing = ids.filter((id) => !names.includes(id));
    for (const name of names) {
      const hint = suggest(name, missing);
      if (!ids.includes(name) && (hint !== '' || missing.length === ids.length))
        file.warn(setting, `has "${name}", for which no node type builds${hint}`);
    }
    if (key === 'signing' || names.length === 0) continue; // others go unsigned
    for (const id of missing)
      file.warn(setting, `has nothing for "${id}", for which a node type builds: none of its artefacts is uploaded`);
  }
}

/** A variable of the environment may be one of the daemon's, which is not seen here. */
function warnOfPrefix({ file, environment }: Reading, key: string, prefix: PerRepository): void {
  const known = Object.keys(prefixVariables);
  for (const text of prefix.kind === 'same' ? [prefix.value] : Object.values(prefix.values)) {
    for (const [, name = ''] of text.matchAll(/\$\{(\w+)\}/g))
      if (!known.includes(name) && !environment[name])
        file.warn(
          file.get('deploycfg', key),
          `has \`\${${name}}\`, which the upload script does not know, and which is not set in the environment${suggest(name, known, ['`${', '}`'])}`,
        );
  }
}
