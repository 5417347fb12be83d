import { describe, expect, it } from 'vitest';
import { readAwsSettings } from './aws-settings.ts';

const ini = (...lines: readonly string[]) => lines.join('\n');
const read = (environment: Record<string, string>, config = '', credentials = '', endpoint = '') =>
  readAwsSettings({ environment, config, credentials, endpoint });

const prod = ini('[default]', 'endpoint_url = https://default', '[profile prod]', 'endpoint_url = https://prod');
const services = ini('[default]', 'services = own', '[services own]', 's3 =', '  endpoint_url = https://services');

describe('the address of the store', () => {
  it.each`
    what                                        | environment                                                                       | config                                                                           | endpoint
    ${'nowhere: AWS'}                           | ${{}}                                                                             | ${''}                                                                            | ${undefined}
    ${'AWS_ENDPOINT_URL'}                       | ${{ AWS_ENDPOINT_URL: 'https://a' }}                                              | ${''}                                                                            | ${'https://a'}
    ${'AWS_ENDPOINT_URL_S3 first'}              | ${{ AWS_ENDPOINT_URL: 'https://a', AWS_ENDPOINT_URL_S3: 'https://b' }}            | ${''}                                                                            | ${'https://b'}
    ${'an empty variable does not count'}       | ${{ AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: 'https://a' }}                     | ${''}                                                                            | ${'https://a'}
    ${'the variable before the file'}           | ${{ AWS_ENDPOINT_URL: 'https://a' }}                                              | ${prod}                                                                          | ${'https://a'}
    ${'the default profile'}                    | ${{}}                                                                             | ${prod}                                                                          | ${'https://default'}
    ${'a profile'}                              | ${{ AWS_PROFILE: 'prod' }}                                                        | ${prod}                                                                          | ${'https://prod'}
    ${'AWS_DEFAULT_PROFILE, first as with aws'} | ${{ AWS_DEFAULT_PROFILE: 'prod', AWS_PROFILE: 'x' }}                              | ${prod}                                                                          | ${'https://prod'}
    ${'[profile default]'}                      | ${{}}                                                                             | ${'[profile default]\nendpoint_url = https://d'}                                 | ${'https://d'}
    ${'a profile in quotes'}                    | ${{ AWS_PROFILE: 'my site' }}                                                     | ${'[profile "my site"]\nendpoint_url=https://q'}                                 | ${'https://q'}
    ${'of the service'}                         | ${{}}                                                                             | ${services}                                                                      | ${'https://services'}
    ${'all but variables ignored'}              | ${{ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_ENDPOINT_URL: 'https://a' }} | ${prod}                                                                          | ${undefined}
    ${'ignored by the file'}                    | ${{}}                                                                             | ${'[default]\nendpoint_url = https://a\nignore_configured_endpoint_urls = true'} | ${undefined}
    ${'with CRLF and comments'}                 | ${{}}                                                                             | ${'# mine\r\n[default]\r\nendpoint_url = https://crlf\r\n'}                      | ${'https://crlf'}
  `('$what', ({ environment, config, endpoint }) => {
    expect(read(environment, config).endpoint?.value).toBe(endpoint);
  });

  it('--endpoint-url comes before all else', () => {
    expect(read({ AWS_ENDPOINT_URL_S3: 'https://a' }, prod, '', 'https://option').endpoint?.value).toBe(
      'https://option',
    );
  });

  it('of the file of credentials counts before that of the configuration', () => {
    expect(read({}, prod, '[default]\nendpoint_url = https://c').endpoint?.value).toBe('https://c');
  });
});

const at = { AWS_ENDPOINT_URL: 'https://s3' };

describe('what follows from it', () => {
  it.each`
    what                              | environment                                                      | config                                                       | expected
    ${'AWS'}                          | ${{}}                                                            | ${''}                                                        | ${{ pathStyle: false, requestChecksums: 'WHEN_SUPPORTED', responseChecksums: 'WHEN_SUPPORTED' }}
    ${'another store'}                | ${at}                                                            | ${''}                                                        | ${{ pathStyle: true, requestChecksums: 'WHEN_REQUIRED', responseChecksums: 'WHEN_REQUIRED' }}
    ${'another store, names in host'} | ${at}                                                            | ${'[default]\ns3 =\n  addressing_style=virtual'}             | ${{ pathStyle: false }}
    ${'AWS, names in path'}           | ${{}}                                                            | ${'[default]\ns3 =\n  addressing_style = path'}              | ${{ pathStyle: true }}
    ${'checksums as chosen'}          | ${{ ...at, AWS_REQUEST_CHECKSUM_CALCULATION: 'when_supported' }} | ${''}                                                        | ${{ requestChecksums: 'WHEN_SUPPORTED', responseChecksums: 'WHEN_REQUIRED' }}
    ${'checksums as in the file'}     | ${{}}                                                            | ${'[default]\nrequest_checksum_calculation = when_required'} | ${{ requestChecksums: 'WHEN_REQUIRED' }}
  `('$what', ({ environment, config, expected }) => {
    expect(read(environment, config)).toMatchObject(expected);
  });
});

describe('the rest', () => {
  const bundle =
    '[default]\nca_bundle = /d.pem\n[profile prod]\nca_bundle = /p.pem\nregion = eu-north-1\nmax_attempts = 3';
  it.each`
    what                                  | environment                                                                        | config    | expected
    ${'no bundle'}                        | ${{}}                                                                              | ${''}     | ${{ caBundle: undefined, region: 'us-east-1', maxAttempts: 8 }}
    ${'AWS_CA_BUNDLE before the file'}    | ${{ AWS_CA_BUNDLE: '/a.pem' }}                                                     | ${bundle} | ${{ caBundle: { value: '/a.pem', where: 'AWS_CA_BUNDLE' } }}
    ${'ca_bundle of the default profile'} | ${{}}                                                                              | ${bundle} | ${{ caBundle: { value: '/d.pem', where: 'ca_bundle in ~/.aws/config' } }}
    ${'ca_bundle of a profile'}           | ${{ AWS_PROFILE: 'prod' }}                                                         | ${bundle} | ${{ caBundle: { value: '/p.pem' }, region: 'eu-north-1', maxAttempts: undefined, profile: 'prod' }}
    ${'REQUESTS_CA_BUNDLE'}               | ${{ REQUESTS_CA_BUNDLE: '/r.pem' }}                                                | ${''}     | ${{ caBundle: { value: '/r.pem', where: 'REQUESTS_CA_BUNDLE' } }}
    ${'AWS_DEFAULT_REGION'}               | ${{ AWS_DEFAULT_REGION: 'eu-west-1', AWS_PROFILE: 'prod' }}                        | ${bundle} | ${{ region: 'eu-west-1' }}
    ${'AWS_REGION'}                       | ${{ AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-1' }}                    | ${''}     | ${{ region: 'eu-west-2' }}
    ${'AWS_MAX_ATTEMPTS'}                 | ${{ AWS_MAX_ATTEMPTS: '2' }}                                                       | ${''}     | ${{ maxAttempts: undefined }}
    ${'keys of the environment'}          | ${{ AWS_PROFILE: 'prod', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }}     | ${bundle} | ${{ credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }}
    ${'with a token of the old name'}     | ${{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SECURITY_TOKEN: 't' }} | ${''}     | ${{ credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 't' } }}
    ${'half a key'}                       | ${{ AWS_ACCESS_KEY_ID: 'a' }}                                                      | ${''}     | ${{ credentials: undefined }}
  `('$what', ({ environment, config, expected }) => {
    expect(read(environment, config)).toMatchObject(expected);
  });
});

const mb = 1024 ** 2;
/** As sites and stores write it into ~/.aws/config. */
const s3 = (...lines: readonly string[]) => ini('[default]', 'region = eu-north-1', 's3 =', ...lines);

describe('how files are sent', () => {
  it.each`
    what                           | config                                                                                                                                                                                                                           | transfer
    ${'nothing'}                   | ${''}                                                                                                                                                                                                                            | ${{}}
    ${'documented by AWS'}         | ${s3('  max_concurrent_requests = 20', '  max_queue_size = 10000', '  multipart_threshold = 64MB', '  multipart_chunksize = 16MB', '  max_bandwidth = 50MB/s', '  use_accelerate_endpoint = true', '  addressing_style = path')} | ${{ maxConcurrentRequests: 20, multipartThreshold: 64 * mb, multipartChunksize: 16 * mb }}
    ${'a blank before the unit'}   | ${s3('  # up to 10 GB', '  multipart_chunksize = 10 MB')}                                                                                                                                                                        | ${{ multipartChunksize: 10 * mb }}
    ${'tabs, without blanks'}      | ${s3('\tmultipart_threshold=5GB', '\taddressing_style=virtual')}                                                                                                                                                                 | ${{ multipartThreshold: 5 * 1024 * mb }}
    ${'one request at a time'}     | ${s3('    max_concurrent_requests = 1', '    multipart_threshold = 10000MB')}                                                                                                                                                    | ${{ maxConcurrentRequests: 1, multipartThreshold: 10_000 * mb }}
    ${'bytes'}                     | ${s3('  multipart_threshold = 8388608')}                                                                                                                                                                                         | ${{ multipartThreshold: 8 * mb }}
    ${'small letters, KiB'}        | ${s3('  multipart_threshold = 64mb', '  multipart_chunksize = 8192KiB')}                                                                                                                                                         | ${{ multipartThreshold: 64 * mb, multipartChunksize: 8 * mb }}
    ${'with CRLF'}                 | ${s3('  multipart_chunksize = 16MB\r', '  max_concurrent_requests = 5\r')}                                                                                                                                                       | ${{ multipartChunksize: 16 * mb, maxConcurrentRequests: 5 }}
    ${'not of [services], as aws'} | ${ini('[default]', 'services = x', '[services x]', 's3 =', '  multipart_chunksize = 10MB')}                                                                                                                                      | ${{}}
    ${'not of another profile'}    | ${ini('[profile b]', 's3 =', '  multipart_chunksize = 10MB')}                                                                                                                                                                    | ${{}}
    ${'at the left, not below s3'} | ${ini('[default]', 'multipart_chunksize = 10MB')}                                                                                                                                                                                | ${{}}
  `('$what', ({ config, transfer }) => {
    expect(read({}, config).transfer).toEqual(transfer);
  });

  it('of a profile', () => {
    const config = ini('[default]', '[profile b]', 's3 =', '  multipart_chunksize = 10MB');
    expect(read({ AWS_PROFILE: 'b' }, config).transfer).toEqual({ multipartChunksize: 10 * mb });
  });

  it.each`
    line                                  | wanted
    ${'multipart_chunksize = 10M'}        | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'multipart_chunksize = 1.5GB'}      | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'multipart_chunksize = -1'}         | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'multipart_threshold = 0'}          | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'multipart_threshold = '}           | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'multipart_threshold = 99999999TB'} | ${'a number of bytes, or one with KB, MB, GB or TB, such as 64MB'}
    ${'max_concurrent_requests = many'}   | ${'a whole number above 0'}
    ${'max_concurrent_requests = 0'}      | ${'a whole number above 0'}
    ${'max_concurrent_requests = 4MB'}    | ${'a whole number above 0'}
  `('$line is refused, with what to write', ({ line, wanted }) => {
    expect(() => read({}, s3(`  ${line}`))).toThrow(`'${line}' below 's3 =' in ~/.aws/config is not ${wanted}.`);
  });
});
