import { expect, it } from 'vitest';
import { explainStoreError, type StoreAttempt } from './explain-store-error.ts';

const attempt: StoreAttempt = { action: 'store', key: 'k', bucket: 'b', endpoint: 'http://s3' };
const failure = (name: string, more: object = {}) => Object.assign(new Error('told so'), { name }, more);
const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

it.each`
  what                               | error                                                                      | because
  ${'no bucket'}                     | ${failure('NoSuchBucket', answered(404))}                                  | ${'there is no such bucket; create it or correct bucket_name'}
  ${'no credentials'}                | ${failure('CredentialsProviderError')}                                     | ${'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials'}
  ${'an unknown key id'}             | ${failure('InvalidAccessKeyId', answered(403))}                            | ${'the credentials are not accepted (InvalidAccessKeyId); correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or ~/.aws/credentials'}
  ${'no permission'}                 | ${failure('AccessDenied', answered(403))}                                  | ${'access denied; the credentials need the permission s3:PutObject'}
  ${'403 without words'}             | ${failure('Unknown', answered(403))}                                       | ${'access denied; the credentials need the permission s3:PutObject'}
  ${'an unknown host'}               | ${failure('Error', { code: 'ENOTFOUND' })}                                 | ${'the name of the server is unknown; correct endpoint_url'}
  ${'nobody listens'}                | ${failure('Error', { code: 'ECONNREFUSED' })}                              | ${'the server cannot be reached; is endpoint_url right, does it run?'}
  ${'nobody listens on any address'} | ${new AggregateError([failure('Error', { code: 'ECONNREFUSED' })])}        | ${'the server cannot be reached; is endpoint_url right, does it run?'}
  ${'a cause further down'}          | ${new Error('outer', { cause: failure('Error', { code: 'ECONNRESET' }) })} | ${'the connection was cut'}
  ${'no answer'}                     | ${failure('TimeoutError')}                                                 | ${'the server does not answer (told so)'}
  ${'another region'}                | ${failure('PermanentRedirect', answered(301))}                             | ${'the bucket lies in another region (told so); set AWS_REGION'}
  ${'a broken server'}               | ${failure('InternalError', answered(500))}                                 | ${'the server failed with status 500 (InternalError: told so)'}
  ${'a missing object'}              | ${failure('NotFound', answered(404))}                                      | ${'the object is not there'}
  ${'anything else'}                 | ${failure('Strange')}                                                      | ${'Strange: told so'}
  ${'something that is no error'}    | ${'boom'}                                                                  | ${'boom'}
`('says why: $what', ({ error, because }) => {
  expect(explainStoreError(error, attempt)).toBe(`Could not store 'k' in bucket 'b' at http://s3: ${because}.`);
});

it('names the permission that reading back needs, and AWS where no endpoint is given', () => {
  const error = failure('AccessDenied', answered(403));
  expect(explainStoreError(error, { ...attempt, action: 'read back', endpoint: '' })).toBe(
    "Could not read back 'k' in bucket 'b' at AWS: access denied; the credentials need the permission s3:GetObject, since every upload is read back.",
  );
});
