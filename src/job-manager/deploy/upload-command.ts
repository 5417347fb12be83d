import { isAbsolute, resolve } from 'node:path';
import { fullName } from '../../jobs/forge-names.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import {
  builtCommit,
  builtProvenance,
  plannedDigest,
  uploadReport,
} from '../../outside/processes/child-environment.ts';
import type { ProgramCall } from '../../outside/processes/program-call.ts';
import type { PerRepository, Settings, Signing } from '../../settings/settings.ts';
import { imageOf } from './image-of.ts';
import type { Provenance } from './provenance.ts';

/** An artefact to upload. */
export interface ArtefactOfJob {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** -1: the job has no comment. */
  readonly commentId: number;
  /** The job's directory. Absolute. */
  readonly directory: string;
  /** Empty: not known. */
  readonly repositoryId: string;
  /** The artefact. Absolute. */
  readonly file: string;
  /** The digest of the file when it was inspected. */
  readonly sha256: string;
  /** The file in which the script may report what it has stored. Absolute. */
  readonly report: string;
  /** The commit it was built from; absent if not recorded. */
  readonly commit?: string;
  /** Present if it is to be stored beside the artefact. */
  readonly provenance?: Provenance;
}

export type UploadCommand =
  | {
      readonly kind: 'command';
      readonly command: ProgramCall;
      /** The arguments that are paths: a container must see them. */
      readonly paths: readonly string[];
      /** Present if it runs in a container. */
      readonly container?: { readonly runtime: string; readonly image: string; readonly cacheDir: string };
      /** For the site's admin. */
      readonly warning?: string;
    }
  | { readonly kind: 'impossible'; readonly reason: string };

type UploadSettings = Pick<Settings, 'appName' | 'deploy' | 'dialect' | 'build' | 'repositories'>;

/** The call of the upload script for one artefact. `botDirectory`: where the bot was started. */
export function uploadCommand(
  { appName, deploy, dialect, build, repositories }: UploadSettings,
  artefact: ArtefactOfJob,
  botDirectory: string,
): UploadCommand {
  const { script } = deploy;
  if (script === undefined) return { kind: 'impossible', reason: 'no artefact_upload_script is configured' };
  const { repositoryId } = artefact;
  const where = findPlace(deploy, repositoryId);
  if ('reason' in where) return { kind: 'impossible', reason: where.reason };
  const signing = dialect.signsUploads ? signingOf(deploy.signing, artefact, botDirectory) : undefined;
  const options = {
    'artefact-prefix': where.artefactPrefix,
    'bucket-name': where.bucket,
    'endpoint-url': deploy.endpointUrl,
    'metadata-prefix': where.metadataPrefix,
    'pr-comment-id': artefact.commentId > 0 ? String(artefact.commentId) : '',
    'pull-request-number': String(artefact.pullRequest),
    repository: fullName(artefact.repository),
    'bot-instance': dialect.signsUploads ? appName : '',
    'sign-key': signing?.key ?? '',
    'sign-script': signing?.script ?? '',
  };
  const words = Object.entries(options).flatMap(([name, value]) => (value === '' ? [] : [`--${name}`, value]));
  const environment = {
    ...script.environment,
    [plannedDigest]: artefact.sha256,
    [uploadReport]: artefact.report,
    [builtCommit]: artefact.commit ?? '',
    [builtProvenance]: artefact.provenance === undefined ? '' : JSON.stringify(artefact.provenance),
  };
  const command = { ...script, environment, arguments: [...script.arguments, ...words, artefact.file] };
  const paths = [
    script.program,
    ...script.arguments,
    options['sign-key'],
    options['sign-script'],
    artefact.file,
    artefact.report,
  ];
  const runtime = signing?.containerRuntime;
  const image = imageOf(repositoryId, repositories);
  if (runtime !== undefined && image === '') {
    return { kind: 'impossible', reason: `no container specified for ${repositoryId}` };
  }
  return {
    kind: 'command',
    command,
    paths: paths.filter(isAbsolute),
    ...(runtime !== undefined && {
      container: { runtime, image, cacheDir: build.siteConfig['container_cachedir'] ?? '' },
    }),
    ...(where.warning !== undefined && { warning: where.warning }),
  };
}

interface Place {
  readonly bucket: string;
  readonly metadataPrefix: string;
  readonly artefactPrefix: string;
  readonly warning?: string;
}

/** Where the artefact is uploaded. Ingestion wants both files in one place: if one prefix is empty, the other is used for both. */
export function findPlace(deploy: Settings['deploy'], repositoryId: string): Place | { readonly reason: string } {
  const found = {
    bucket: valueFor(deploy.bucketName, repositoryId),
    'metadata prefix': valueFor(deploy.metadataPrefix, repositoryId),
    'artefact prefix': valueFor(deploy.artefactPrefix, repositoryId),
  };
  const missing = Object.entries(found).find(([, value]) => value === undefined)?.[0];
  if (missing !== undefined) {
    const whom = repositoryId === '' ? 'a job whose repository id is not known' : repositoryId;
    return { reason: `no ${missing} specified for ${whom}` };
  }
  const { bucket = '', 'metadata prefix': metadata = '', 'artefact prefix': artefact = '' } = found;
  const isHalf = (metadata === '') !== (artefact === '');
  return {
    bucket,
    metadataPrefix: metadata || artefact,
    artefactPrefix: artefact || metadata,
    ...(isHalf && { warning: 'only one of metadata_prefix and artefact_prefix is given: it serves for both' }),
  };
}

function valueFor(setting: PerRepository, repositoryId: string): string | undefined {
  if (setting.kind === 'same') return setting.value;
  return Object.hasOwn(setting.values, repositoryId) ? setting.values[repositoryId] : undefined;
}

function signingOf(
  signing: Readonly<Record<string, Signing>>,
  { repositoryId, directory }: ArtefactOfJob,
  botDirectory: string,
): Signing | undefined {
  const mine = Object.hasOwn(signing, repositoryId) ? signing[repositoryId] : undefined;
  return mine && { ...mine, script: resolve(directory, mine.script), key: resolve(botDirectory, mine.key) };
}
