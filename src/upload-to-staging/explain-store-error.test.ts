import { expect, it } from 'vitest';
import { explainStoreError } from './explain-store-error.ts';
import type { StoreAttempt } from './judge-answer.ts';

const attempt: StoreAttempt = { action: 'store', key: 'k', bucket: 'b', endpoint: 'http://s3' };
const failure = (name: string, more: object = {}) => Object.assign(new Error('told so'), { name }, more);

it.each`
  what                                | error                                                                                                                                                          | because
  ${'no credentials'}                 | ${failure('CredentialsProviderError')}                                                                                                                         | ${'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials'}
  ${'an unknown host'}                | ${failure('Error', { code: 'ENOTFOUND' })}                                                                                                                     | ${'the name of the server is unknown (told so); correct endpoint_url'}
  ${'nobody listens'}                 | ${failure('Error', { code: 'ECONNREFUSED' })}                                                                                                                  | ${'the server cannot be reached; is endpoint_url right, does it run?'}
  ${'nobody listens on any address'}  | ${new AggregateError([failure('Error', { code: 'ECONNREFUSED' })])}                                                                                            | ${'the server cannot be reached; is endpoint_url right, does it run?'}
  ${'a cause further down'}           | ${new Error('outer', { cause: failure('Error', { code: 'ECONNRESET' }) })}                                                                                     | ${'the connection was cut'}
  ${'no answer'}                      | ${failure('TimeoutError')}                                                                                                                                     | ${'the server does not answer (told so)'}
  ${'no profile'}                     | ${Object.assign(new Error('Could not resolve credentials using profile: [prod] in configuration/credentials file(s).'), { name: 'CredentialsProviderError' })} | ${"the profile 'prod' (AWS_PROFILE) has no credentials in ~/.aws; correct it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"}
  ${'a certificate that has expired'} | ${failure('Error', { code: 'CERT_HAS_EXPIRED' })}                                                                                                              | ${"told so: the server's certificate has to be renewed, or this machine's clock is wrong"}
  ${'an unknown CA'}                  | ${failure('Error', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })}                                                                                             | ${"no CA that is known here has signed the server's certificate (told so); write the file with the CA's certificate to AWS_CA_BUNDLE or to ca_bundle in ~/.aws/config"}
  ${'TLS of another kind'}            | ${failure('Error', { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })}                                                                                          | ${'TLS failed (told so)'}
  ${'anything else'}                  | ${failure('Strange')}                                                                                                                                          | ${'Strange: told so'}
  ${'something that is no error'}     | ${'boom'}                                                                                                                                                      | ${'boom'}
`('says why: $what', ({ error, because }) => {
  expect(explainStoreError(error, attempt)).toBe(`Could not store 'k' in bucket 'b' at http://s3: ${because}.`);
});
