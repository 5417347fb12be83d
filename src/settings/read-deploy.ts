import { isAbsolute, resolve } from 'node:path';
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
  const ofPolicy = file.get(section, 'upload_policy');
  const policy = readChoice(reading, ofPolicy, uploadPolicies, 'none');
  if (ofPolicy.value === '')
    file.warn(
      ofPolicy,
      `is ${file.has(section, 'upload_policy') ? 'empty' : 'missing'}: nothing is deployed; write none if that is meant, or ${uploadPolicies.slice(0, -1).join(', ')}`,
    );
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
    reading.programs.push({ where: file.locate(script), call: command, isNeeded: true });
  }
  const bucketName = readPerRepository(reading, file.get(section, 'bucket_name'));
  const endpointUrl = readText(reading, file.get(section, 'endpoint_url'));
  if (policy !== 'none') warnOfPlaces(reading, { permission, bucketName, endpointUrl });
  return {
    policy,
    attestation: readBoolean(reading, file.get(section, 'attestation')),
    staleArtefacts: readChoice(reading, file.get(section, 'stale_artefacts'), staleArtefacts, 'upload'),
    ...(script.value !== '' && { script: command }),
    bucketName,
    metadataPrefix,
    artefactPrefix,
    endpointUrl,
    permission,
    signing: readSigning(reading, policy !== 'none' && permission.length > 0),
  };
}

/** Of deployments that would be refused, or fail. A site's own script may make something of such a place. */
function warnOfPlaces(
  { file }: Reading,
  { permission, bucketName, endpointUrl }: Pick<DeploySettings, 'permission' | 'bucketName' | 'endpointUrl'>,
): void {
  if (permission.length === 0)
    file.warn(file.get(section, 'deploy_permission'), 'is empty: nobody can deploy; list the logins that may');
  const names = bucketName.kind === 'same' ? [bucketName.value] : Object.values(bucketName.values);
  const odd = names.find((name) => /[/\s]/.test(name));
  if (odd !== undefined)
    file.warn(
      file.get(section, 'bucket_name'),
      `has \`${odd}\`, which no bucket is called; write its name alone, directories belong in artefact_prefix and metadata_prefix`,
    );
  const endpoint = file.get(section, 'endpoint_url');
  if (
    endpointUrl !== '' &&
    !hasPlaceholder(endpoint.key, endpoint.value) &&
    !/^https?:$/.test(URL.parse(endpointUrl)?.protocol ?? '')
  )
    file.warn(endpoint, 'is no address that uploads could reach; let it begin with https:// (or http://)');
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

/** `isUsed`: what it names is looked for, and doubted where it is missing. Others than the uploads of these ids go on without. */
function readSigning(reading: Reading, isUsed: boolean): DeploySettings['signing'] {
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
      if (isUsed && !hasPlaceholder(setting.key, setting.value)) noteForDisk(reading, setting, entry.key, signing);
      return [[id, signing] as const];
    }),
  );
}

function noteForDisk(
  { file, paths, programs }: Reading,
  setting: Setting,
  written: string,
  { script, key, containerRuntime }: Signing,
): void {
  const where = file.locate(setting);
  paths.push({ where, written, expanded: key });
  // A relative script lies in the directory of each job.
  const named = [
    ...(isAbsolute(script) ? [script] : []),
    ...(containerRuntime === undefined ? [] : [containerRuntime]),
  ];
  for (const program of named) programs.push({ where, call: { program, environment: {} }, isNeeded: false });
}
