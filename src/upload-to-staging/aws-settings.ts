import { type Config, parseConfig } from '../configparser/parse-config.ts';
import type { Transfer } from './plan-parts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which requests and answers have checksums: all, or only those for which S3 demands one. */
type ChecksumMode = 'WHEN_SUPPORTED' | 'WHEN_REQUIRED';

/** A value, and where the admin wrote it. */
interface Written {
  readonly value: string;
  readonly where: string;
}

/** What environment and `~/.aws` say about a store; the AWS SDK reads the rest there. */
interface AwsSettings {
  /** Empty: the default one. */
  readonly profile: string;
  /** undefined: AWS itself. */
  readonly endpoint: Written | undefined;
  /** The bucket's name is in the path, not before the host. */
  readonly pathStyle: boolean;
  readonly region: string;
  readonly requestChecksums: ChecksumMode;
  readonly responseChecksums: ChecksumMode;
  /** File with the only CAs that are trusted. */
  readonly caBundle: Written | undefined;
  /** From the environment. undefined: the SDK finds them. */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  /** undefined: set by `AWS_MAX_ATTEMPTS` or `max_attempts`. */
  readonly maxAttempts: number | undefined;
  readonly transfer: Transfer;
}

/** Some seconds in total: enough for a load balancer to notice that a server behind it is gone. */
const defaultAttempts = 8;

interface AwsSources {
  readonly environment: Environment;
  /** The text of `~/.aws/config`; empty if missing. */
  readonly config: string;
  /** The text of `~/.aws/credentials`. */
  readonly credentials: string;
  /** `--endpoint-url`; empty: not given. */
  readonly endpoint: string;
}

/** Reads what the program `aws` would, in its order: option, environment, profile. Throws a sentence for an invalid size or number. */
export function readAwsSettings(sources: AwsSources): AwsSettings {
  const { environment } = sources;
  const set = (name: string) => environment[name] ?? '';
  const profile = set('AWS_DEFAULT_PROFILE') || set('AWS_PROFILE');
  const { config } = parseConfig(sources.config);
  const values = valuesOfProfile(config, parseConfig(sources.credentials).config, profile || 'default');
  const of = (key: string) => values.get(key) ?? '';
  const endpoint = findEndpoint(sources, config, values);
  const checksums = (variable: string, key: string): ChecksumMode => {
    const chosen = (set(variable) || of(key)).toUpperCase();
    if (chosen === 'WHEN_SUPPORTED' || chosen === 'WHEN_REQUIRED') return chosen;
    // Older servers refuse the SDK's own checksums; every object is read back and compared anyway.
    return endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  };
  const ofS3 = nested(of('s3'));
  const style = ofS3.get('addressing_style') ?? '';
  return {
    profile,
    endpoint,
    pathStyle: endpoint === undefined ? style === 'path' : style !== 'virtual',
    region: set('AWS_REGION') || set('AWS_DEFAULT_REGION') || of('region') || 'us-east-1',
    requestChecksums: checksums('AWS_REQUEST_CHECKSUM_CALCULATION', 'request_checksum_calculation'),
    responseChecksums: checksums('AWS_RESPONSE_CHECKSUM_VALIDATION', 'response_checksum_validation'),
    caBundle: firstOf([
      { value: set('AWS_CA_BUNDLE'), where: 'AWS_CA_BUNDLE' },
      { value: of('ca_bundle'), where: 'ca_bundle in ~/.aws/config' },
      { value: set('REQUESTS_CA_BUNDLE'), where: 'REQUESTS_CA_BUNDLE' },
    ]),
    credentials: credentialsOf(environment),
    maxAttempts: set('AWS_MAX_ATTEMPTS') || of('max_attempts') ? undefined : defaultAttempts,
    transfer: readTransfer(ofS3),
  };
}

function readTransfer(ofS3: ReadonlyMap<string, string>): Transfer {
  const multipartThreshold = readSize(ofS3, 'multipart_threshold');
  const multipartChunksize = readSize(ofS3, 'multipart_chunksize');
  const maxConcurrentRequests = readNumber(ofS3, 'max_concurrent_requests', /^(\d+)$/, 'a whole number above 0');
  return {
    ...(multipartThreshold !== undefined && { multipartThreshold }),
    ...(multipartChunksize !== undefined && { multipartChunksize }),
    ...(maxConcurrentRequests !== undefined && { maxConcurrentRequests }),
  };
}

/** `64MB`; as with `aws`, a KB has 1024 bytes. */
const readSize = (ofS3: ReadonlyMap<string, string>, key: string) =>
  readNumber(ofS3, key, /^(\d+)\s*(?:([kmgt])i?b)?$/i, 'a number of bytes, or one with KB, MB, GB or TB, such as 64MB');

function readNumber(ofS3: ReadonlyMap<string, string>, key: string, form: RegExp, wanted: string): number | undefined {
  const value = ofS3.get(key);
  if (value === undefined) return undefined;
  const [, digits = '', unit = ''] = form.exec(value) ?? [];
  const number = Number(digits) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`'${key} = ${value}' below 's3 =' in ~/.aws/config is not ${wanted}.`);
}

function findEndpoint({ environment, endpoint }: AwsSources, config: Config, values: ReadonlyMap<string, string>) {
  if (endpoint !== '') return { value: endpoint, where: '--endpoint-url' };
  const set = (name: string) => environment[name] ?? '';
  const ignored = set('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') || values.get('ignore_configured_endpoint_urls');
  if (ignored?.toLowerCase() === 'true') return undefined;
  const services = sectionOf(config, 'services', values.get('services') ?? '');
  return firstOf([
    { value: set('AWS_ENDPOINT_URL_S3'), where: 'AWS_ENDPOINT_URL_S3' },
    { value: set('AWS_ENDPOINT_URL'), where: 'AWS_ENDPOINT_URL' },
    { value: nested(services.get('s3') ?? '').get('endpoint_url') ?? '', where: 'endpoint_url in ~/.aws/config' },
    { value: values.get('endpoint_url') ?? '', where: 'endpoint_url in ~/.aws/config' },
  ]);
}

/** `AWS_SECURITY_TOKEN` is an older name of the session token. */
function credentialsOf(environment: Environment): AwsSettings['credentials'] {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = environment['AWS_SESSION_TOKEN'] || environment['AWS_SECURITY_TOKEN'];
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

const firstOf = (candidates: readonly Written[]) => candidates.find(({ value }) => value !== '');

/** Both files count for all keys; `credentials` before `config`. */
function valuesOfProfile(config: Config, credentials: Config, profile: string): ReadonlyMap<string, string> {
  const inConfig = profile === 'default' ? section(config, 'default') : new Map<string, string>();
  return new Map([...inConfig, ...sectionOf(config, 'profile', profile), ...section(credentials, profile)]);
}

/** The section `[KIND NAME]`; the name may be quoted. */
function sectionOf(config: Config, kind: string, name: string): ReadonlyMap<string, string> {
  const header = [...config.sections.keys()].find((candidate) => {
    const [, word, ...quoted] = /^(\S+)\s+(?:"([^"]*)"|'([^']*)'|(\S+))\s*$/.exec(candidate) ?? [];
    return word === kind && quoted.some((found) => found === name);
  });
  return header === undefined ? new Map() : section(config, header);
}

function section(config: Config, name: string): Map<string, string> {
  const entries = config.sections.get(name)?.entries ?? new Map<string, { value: string }>();
  return new Map([...entries].map(([key, { value }]) => [key, value]));
}

/** A value that consists of `key = value` lines, indented below its key. */
function nested(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split('\n').flatMap((line) => {
      const [, key, inner] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined || inner === undefined ? [] : [[key, inner]];
    }),
  );
}
