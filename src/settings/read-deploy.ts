import { resolve } from 'node:path';
import { z } from 'zod';
import type { Setting } from './config-file.ts';
import { hasPlaceholder } from './doubts-of.ts';
import { parseJson } from './parse-json.ts';
import {
  mapOf,
  type Reading,
  readAccounts,
  readBoolean,
  readChoice,
  readCommand,
  readJson,
  readRelativePath,
  readText,
  warnOfUnknownKeys,
} from './reading.ts';
import { type DeploySettings, type PerRepository, type Signing, staleArtefacts, uploadPolicies } from './settings.ts';

const section = 'deploycfg';

/** `[deploycfg]`, without its texts. */
export function readDeploy(reading: Reading): DeploySettings {
  const { file } = reading;
  const policy = readChoice(reading, file.get(section, 'upload_policy'), uploadPolicies, 'none');
  const script =
    policy === 'none'
      ? file.get(section, 'artefact_upload_script')
      : file.getRequired(section, 'artefact_upload_script');
  const metadataPrefix = readPerRepository(reading, file.get(section, 'metadata_prefix'));
  const artefactPrefix = readPerRepository(reading, file.get(section, 'artefact_prefix'));
  warnOfOnePrefix(reading, metadataPrefix, artefactPrefix);
  const command = readCommand(reading, script);
  const permission = readAccounts(reading, file.get(section, 'deploy_permission'));
  // If nobody may deploy, the example's script may stay.
  if (policy !== 'none' && permission.length > 0 && command.program !== '') {
    reading.paths.push({ where: file.locate(script), written: script.value, expanded: command.program });
  }
  return {
    policy,
    attestation: readBoolean(reading, file.get(section, 'attestation')),
    staleArtefacts: readChoice(reading, file.get(section, 'stale_artefacts'), staleArtefacts, 'upload'),
    ...(script.value !== '' && { script: command }),
    bucketName: readPerRepository(reading, file.get(section, 'bucket_name')),
    metadataPrefix,
    artefactPrefix,
    endpointUrl: readText(reading, file.get(section, 'endpoint_url')),
    permission,
    signing: readSigning(reading),
  };
}

function readPerRepository(reading: Reading, setting: Setting): PerRepository {
  if (!setting.value.startsWith('{')) return { kind: 'same', value: readText(reading, setting) };
  const schema = z.record(
    z.string(),
    z.string('has to be a text'),
    'has to be a text, or a map from repository ids to texts',
  );
  const json = readJson(reading, setting, schema);
  const values = (json?.keys ?? []).map(
    (id) => [id, readText(reading, setting, json?.value[id] ?? '', `"${id}"`)] as const,
  );
  return { kind: 'by-repository', values: mapOf(values) };
}

/** With one prefix alone, artefact and metadata would lie in different places, and ingestion would not find them: so one serves both. */
function warnOfOnePrefix({ file }: Reading, metadata: PerRepository, artefact: PerRepository): void {
  const ids = [metadata, artefact].flatMap((prefix) => (prefix.kind === 'same' ? [] : Object.keys(prefix.values)));
  const prefixFor = (prefix: PerRepository, id: string) => (prefix.kind === 'same' ? prefix.value : prefix.values[id]);
  for (const id of ids.length === 0 ? [''] : new Set(ids)) {
    const [ofMetadata, ofArtefact] = [prefixFor(metadata, id), prefixFor(artefact, id)];
    // Without an entry nothing is uploaded at all.
    if (ofMetadata === undefined || ofArtefact === undefined || (ofMetadata === '') === (ofArtefact === '')) continue;
    const [empty, other] =
      ofMetadata === '' ? ['metadata_prefix', 'artefact_prefix'] : ['artefact_prefix', 'metadata_prefix'];
    const where = id === '' ? '' : ` for ${id}`;
    file.warn(
      file.get(section, empty),
      `is empty${where}, but ${other} is not: ${other} serves both; set them to the same`,
    );
  }
}

const signingKeys = ['script', 'key', 'container_runtime'];

function readSigning(reading: Reading): DeploySettings['signing'] {
  const setting = reading.file.get(section, 'signing');
  const text = z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'has to be a text') })
    .min(1, 'is empty');
  const schema = z.record(
    z.string(),
    z.looseObject({ script: text, key: text, container_runtime: text.optional() }, 'has to be {"script": …, "key": …}'),
    'has to be a map from repository ids to {"script": …, "key": …}',
  );
  // The example of 0.7 and 0.8 is not JSON: with it, the Python bot signed nothing.
  const asShipped = hasPlaceholder(setting.key, setting.value) ? parseJson(setting.value) : undefined;
  if (asShipped !== undefined && 'problem' in asShipped) {
    reading.file.warn(setting, `${asShipped.problem}; nothing is signed`);
    return mapOf([]);
  }
  const json = readJson(reading, setting, schema);
  if (json === undefined) return mapOf([]);
  return mapOf(
    json.keys.flatMap((id) => {
      const entry = json.value[id];
      if (entry === undefined) return [];
      warnOfUnknownKeys(reading, setting, id, entry, signingKeys);
      const expand = (path: string) => readRelativePath(reading, setting, path, `"${id}"`);
      const signing: Signing = {
        script: expand(entry.script),
        key: resolve(reading.workingDirectory, expand(entry.key)),
        ...(entry.container_runtime !== undefined && { containerRuntime: expand(entry.container_runtime) }),
      };
      return [[id, signing] as const];
    }),
  );
}
