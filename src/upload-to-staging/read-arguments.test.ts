import { expect, it } from 'vitest';
import { readArguments } from './read-arguments.ts';

const file = '/jobs/eessi-p-software-1.tar.gz';
const nothingGiven = {
  file,
  artefactPrefix: '',
  metadataPrefix: '',
  botInstance: '',
  endpoint: '',
  bucket: 'eessi-staging',
  commentId: 'none',
  pullRequest: 'none',
  repository: 'EESSI/software-layer',
  signKey: '',
  signScript: '',
};
const everything = {
  file,
  artefactPrefix: 'a/$X',
  metadataPrefix: 'm',
  botInstance: 'MY-bot',
  endpoint: 'https://s3.example.org',
  bucket: 'staging',
  commentId: '77',
  pullRequest: '9',
  repository: 'O/R',
  signKey: '/key',
  signScript: '/sign',
};

it.each`
  what                                   | words                                                                                                                                                                                                                                                                                              | request
  ${'a file alone'}                      | ${[file]}                                                                                                                                                                                                                                                                                          | ${nothingGiven}
  ${'long options'}                      | ${['--artefact-prefix', 'a/$X', '--bot-instance', 'MY-bot', '--endpoint-url', 'https://s3.example.org', '--pr-comment-id', '77', '--sign-key', '/key', '--metadata-prefix', 'm', '--bucket-name', 'staging', '--pull-request-number', '9', '--repository', 'O/R', '--sign-script', '/sign', file]} | ${everything}
  ${'short options'}                     | ${['-a', 'a/$X', '-b', 'MY-bot', '-e', 'https://s3.example.org', '-i', '77', '-k', '/key', '-m', 'm', '-n', 'staging', '-p', '9', '-r', 'O/R', '-s', '/sign', file]}                                                                                                                               | ${everything}
  ${'empty values'}                      | ${['-a', '', '-n', '', '--pr-comment-id=', file]}                                                                                                                                                                                                                                                  | ${nothingGiven}
  ${'a value that looks like an option'} | ${['-i', '-1', file]}                                                                                                                                                                                                                                                                              | ${{ ...nothingGiven, commentId: '-1' }}
  ${'options after the file'}            | ${[file, '-p', '9']}                                                                                                                                                                                                                                                                               | ${{ ...nothingGiven, pullRequest: '9' }}
`('reads $what', ({ words, request }) => {
  expect(readArguments(words)).toEqual({ kind: 'upload', request });
});

it.each`
  what                          | words                             | why
  ${'no argument'}              | ${[]}                             | ${/^No FILE is given\./}
  ${'an empty file name'}       | ${['']}                           | ${/^No FILE is given\./}
  ${'an unknown option'}        | ${['--foo', file]}                | ${/unknown option '--foo'/}
  ${'an option without value'}  | ${[file, '-a']}                   | ${/argument missing/}
  ${'two files'}                | ${[file, file]}                   | ${/too many arguments/}
  ${'a key without a script'}   | ${['-k', '/key', file]}           | ${'--sign-key is given without --sign-script: signing needs both.'}
  ${'a script without a key'}   | ${['-s', '/sign', file]}          | ${'--sign-script is given without --sign-key: signing needs both.'}
  ${'an endpoint without http'} | ${['-e', 's3.example.org', file]} | ${"--endpoint-url 's3.example.org' is no address: it begins with http:// or https://."}
  ${'an endpoint without host'} | ${['-e', 'http://:x', file]}      | ${"--endpoint-url 'http://:x' is no address that could be reached."}
`('refuses $what', ({ words, why }) => {
  expect(readArguments(words)).toEqual({
    kind: 'refused',
    why: typeof why === 'string' ? why : expect.stringMatching(why),
  });
});

it.each`
  words                         | text
  ${['-h']}                     | ${/^Usage: eessi-upload-to-staging/}
  ${['--help', '-p', '9']}      | ${/--metadata-prefix/}
  ${['-l']}                     | ${/github_repository .*\n.*legacy_aws_path .*\n.*pull_request_number /}
  ${['--list-variables', file]} | ${/legacy_aws_path/}
`('prints for $words', ({ words, text }) => {
  expect(readArguments(words)).toEqual({ kind: 'print', text: expect.stringMatching(text) });
});
