/** What could not be done with which object, for a sentence. */
export interface StoreAttempt {
  readonly action: 'store' | 'read back';
  readonly key: string;
  readonly bucket: string;
  /** Empty: AWS. */
  readonly endpoint: string;
}

/** An error of the AWS SDK as a sentence: what failed, why, what to do. */
export function explainStoreError(error: unknown, attempt: StoreAttempt): string {
  const server = attempt.endpoint === '' ? 'AWS' : attempt.endpoint;
  return `Could not ${attempt.action} '${attempt.key}' in bucket '${attempt.bucket}' at ${server}: ${cause(error, attempt)}.`;
}

function cause(error: unknown, attempt: StoreAttempt): string {
  const { words, message, status } = facts(error);
  const is = (...names: string[]) => names.some((name) => words.includes(name));
  if (is('NoSuchBucket')) return 'there is no such bucket; create it or correct bucket_name';
  if (is('CredentialsProviderError')) {
    return 'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials';
  }
  if (is('InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken')) {
    return `the credentials are not accepted (${words[0]}); correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or ~/.aws/credentials`;
  }
  if (is('PermanentRedirect', 'AuthorizationHeaderMalformed')) {
    return `the bucket lies in another region (${message}); set AWS_REGION`;
  }
  if (is('AccessDenied', 'Forbidden') || status === 403) {
    const needed = attempt.action === 'store' ? 's3:PutObject' : 's3:GetObject, since every upload is read back';
    return `access denied; the credentials need the permission ${needed}`;
  }
  if (is('ENOTFOUND', 'EAI_AGAIN')) return 'the name of the server is unknown; correct endpoint_url';
  if (is('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'))
    return 'the server cannot be reached; is endpoint_url right, does it run?';
  // Before the time-out: the SDK calls both so.
  if (is('ECONNRESET', 'EPIPE')) return 'the connection was cut';
  if (is('TimeoutError', 'ETIMEDOUT')) return `the server does not answer (${message})`;
  if (status === 404) return 'the object is not there';
  if (status !== undefined && status >= 500) return `the server failed with status ${status} (${words[0]}: ${message})`;
  const named = words[0] === undefined || words[0] === 'Error' ? message : `${words[0]}: ${message}`;
  return named.replace(/\.$/, '');
}

/** The names that an error and its causes go by, its message, and the status of the server's answer. */
function facts(error: unknown): { words: string[]; message: string; status: number | undefined } {
  const words: string[] = [];
  let status: number | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    for (const key of ['Code', 'name', 'code'] as const) {
      const word: unknown = Reflect.get(current, key);
      if (typeof word === 'string') words.push(word);
    }
    const metadata: unknown = Reflect.get(current, '$metadata');
    const httpStatus: unknown =
      typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
    if (typeof httpStatus === 'number') status ??= httpStatus;
    const errors: unknown = Reflect.get(current, 'errors');
    current = Array.isArray(errors) ? errors[0] : Reflect.get(current, 'cause');
  }
  return { words, message: error instanceof Error ? error.message : String(error), status };
}
