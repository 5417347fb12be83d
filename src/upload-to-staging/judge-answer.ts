import { nodeHttp } from '../daemon/node-http.ts';
import { type StoreAnswer, type StoreWords, wordsOfOther, wordsOfStore } from './store-answer.ts';

/** What failed with which object, for a sentence. */
export interface StoreAttempt {
  readonly action: 'store' | 'read back' | 'remove';
  readonly key: string;
  /** Of the object, in a bucket that has versions. */
  readonly versionId?: string | undefined;
  readonly bucket: string;
  /** Empty: AWS. */
  readonly endpoint: string;
}

/** What an answer means. */
interface Judgement {
  /** What it means and what to do, behind the status and code of the answer: words without a full stop. */
  readonly because: string;
  /** A retry may succeed. */
  readonly passes: boolean;
}

const statusesThatPass = [408, 429, 500, 502, 503, 504];

/** Judges an answer that is not a success. */
export function judgeAnswer(answer: StoreAnswer, attempt: StoreAttempt): Judgement {
  const words = wordsOfStore(answer);
  const name =
    words?.code ||
    answer.reason.replaceAll(/[<>\p{Cc}]/gu, '') ||
    nodeHttp.STATUS_CODES[answer.status] ||
    'no reason given';
  const { because, passes } = words === undefined ? judgeOther(answer, attempt) : judgeStore(answer, words, attempt);
  return { because: `status ${answer.status} (${name}): ${because}`, passes };
}

const lasts = (because: string): Judgement => ({ because, passes: false });
const passing = (because: string): Judgement => ({ because, passes: true });

function permissionFor({ action, versionId }: StoreAttempt): string {
  switch (action) {
    case 'store':
      return 's3:PutObject';
    case 'read back':
      return `s3:GetObject${versionId === undefined ? '' : 'Version'}, since every upload is read back`;
    case 'remove':
      return 's3:DeleteObject, which uploads do not need';
  }
}

function judgeStore(answer: StoreAnswer, words: StoreWords, attempt: StoreAttempt): Judgement {
  const { code, region, time } = words;
  const { status } = answer;
  const message = words.message.replaceAll(/[\s\p{Cc}]+/gu, ' ').replace(/\.\s*$/, '');
  const known = meaningOfCode(code, words);
  if (known !== undefined) return known;
  if (region !== '' && (status === 301 || status === 307 || status === 400)) return anotherRegion(region);
  if (code === 'RequestTimeTooSkewed' || code === 'RequestExpired') {
    const clock = time === '' ? '' : ` (the store's says ${time})`;
    return passing(`the clocks of this machine and of the store differ${clock}; set this machine's clock`);
  }
  if (/^(AccessDenied|AccessForbidden|Forbidden|AllAccessDisabled)$/.test(code) || (code === '' && status === 403)) {
    return lasts(`access denied; the credentials need the permission ${permissionFor(attempt)}`);
  }
  if (status === 404 && (code === '' || code === 'NoSuchKey' || code === 'NotFound')) {
    return lasts('the object is not there');
  }
  if (statusesThatPass.includes(status)) {
    return passing(message === '' ? 'the server failed' : `the server failed: ${message}`);
  }
  return lasts(message === '' ? 'the server says no more' : message);
}

/** The codes that mean the same at AWS, Ceph, MinIO, Swift and others. */
function meaningOfCode(code: string, { region, message }: StoreWords): Judgement | undefined {
  switch (code) {
    case 'NoSuchBucket':
      return lasts('there is no such bucket; create it or correct bucket_name');
    case 'InvalidBucketName':
      return lasts('no bucket can have this name; correct bucket_name');
    case 'InvalidAccessKeyId':
    case 'InvalidToken':
    case 'InvalidSecurity':
    case 'UserSuspended':
    case 'NotSignedUp':
    case 'AccountProblem':
      return lasts(
        'the credentials are not accepted; correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or ~/.aws/credentials',
      );
    case 'SignatureDoesNotMatch':
      return lasts(
        'the signature is not accepted; correct AWS_SECRET_ACCESS_KEY or ~/.aws/credentials, or a proxy that changes the requests',
      );
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
      return lasts('the credentials have expired; get new ones (AWS_SESSION_TOKEN or ~/.aws/credentials)');
    case 'QuotaExceeded':
    case 'XMinioAdminBucketQuotaExceeded':
    case 'XMinioStorageFull':
    case 'InsufficientStorage':
      return lasts('the quota is used up or the store is full; remove objects, or have the quota raised');
    case 'EntityTooLarge':
    case 'MaxMessageLengthExceeded':
      return lasts('the store takes no object this large; have its limit raised');
    case 'SlowDown':
    case 'SlowDownRead':
    case 'SlowDownWrite':
    case 'TooManyRequests':
    case 'RequestLimitExceeded':
    case 'BandwidthLimitExceeded':
    case 'Throttling':
      return passing('the store has too many requests at once; try again later');
    case 'OperationAborted':
    case 'ConcurrentModification':
    case 'RequestTimeout':
    case 'XMinioServerNotInitialized':
      return passing(message.replace(/\.\s*$/, '') || 'the store could not do it just now; try again later');
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return anotherRegion(region || (/expecting '([^']+)'/.exec(message)?.[1] ?? ''));
    default:
      return undefined;
  }
}

function anotherRegion(region: string): Judgement {
  if (region === '') return lasts('the bucket lies in another region; set AWS_REGION to it');
  return lasts(`the bucket lies in the region ${region}; set AWS_REGION=${region}`);
}

/** From a proxy, a load balancer or a web server: says nothing about bucket, object or permissions. */
function judgeOther(answer: StoreAnswer, attempt: StoreAttempt): Judgement {
  const { status, headers, body } = answer;
  const who = wordsOfOther(answer);
  const other = `the answer comes from something before the store${who === '' ? '' : ` (${who})`}`;
  const host = URL.canParse(attempt.endpoint) ? new URL(attempt.endpoint).hostname : 'the store';
  if (status === 407) {
    return lasts(
      `${other}; give the proxy a name and a password (HTTPS_PROXY=http://NAME:PASSWORD@PROXY), or name ${host} in NO_PROXY`,
    );
  }
  if (/HTTP request (was sent )?to (an )?HTTPS/i.test(body)) {
    return lasts('the server speaks TLS; let endpoint_url begin with https://');
  }
  if (status === 413) return lasts(`${other}; have its limit for requests raised (nginx: client_max_body_size)`);
  if (status >= 502) return passing(`${other}; it cannot reach the store just now; try again later`);
  if (statusesThatPass.includes(status)) return passing(`${other}; try again later`);
  if (status >= 300 && status < 400) {
    const to = headers['location'] ?? '';
    return lasts(`${other}${to === '' ? '' : `, and sends on to ${to.slice(0, 100)}`}; correct endpoint_url`);
  }
  if (status === 401 || status === 403 || status === 451) {
    return lasts(`${other}; have it let requests to ${host} pass, or name ${host} in NO_PROXY`);
  }
  return lasts(`${other}; is endpoint_url the address of an S3 server?`);
}
