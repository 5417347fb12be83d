import { Command, CommanderError } from 'commander';
import { prefixVariables } from '../jobs/choose-prefixes.ts';
import { whyNoAddress } from './endpoint-address.ts';

/** The parsed command line. Empty texts: not given. */
export interface UploadRequest {
  readonly file: string;
  readonly artefactPrefix: string;
  readonly metadataPrefix: string;
  readonly botInstance: string;
  readonly endpoint: string;
  readonly bucket: string;
  readonly commentId: string;
  readonly pullRequest: string;
  readonly repository: string;
  readonly signKey: string;
  readonly signScript: string;
}

type Arguments =
  | { readonly kind: 'upload'; readonly request: UploadRequest }
  | { readonly kind: 'probe'; readonly bucket: string; readonly endpoint: string }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Parses the command line, without the names of Node and of the program. */
export function readArguments(words: readonly string[]): Arguments {
  const printed: string[] = [];
  const command = describe((text) => printed.push(text));
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const text = printed.join('');
    return error.exitCode === 0 ? { kind: 'print', text } : { kind: 'refused', why: text.trimEnd() };
  }
  const given = command.opts<Record<string, string | boolean | undefined>>();
  if (given['listVariables'] === true) return { kind: 'print', text: listVariables() };
  const [file] = command.args;
  if (given['probe'] === true) {
    const checked = check(toRequest('', given));
    if (checked.kind !== 'upload') return checked;
    const { bucket, endpoint } = checked.request;
    return { kind: 'probe', bucket, endpoint };
  }
  if (file === undefined || file === '')
    return { kind: 'refused', why: `No FILE is given.\n\n${command.helpInformation()}` };
  return check(toRequest(file, given));
}

function toRequest(file: string, given: Readonly<Record<string, string | boolean | undefined>>): UploadRequest {
  const text = (name: string, otherwise = '') => String(given[name] ?? '') || otherwise;
  return {
    file,
    artefactPrefix: text('artefactPrefix'),
    metadataPrefix: text('metadataPrefix'),
    botInstance: text('botInstance'),
    endpoint: text('endpointUrl'),
    bucket: text('bucketName', 'eessi-staging'),
    commentId: text('prCommentId', 'none'),
    pullRequest: text('pullRequestNumber', 'none'),
    repository: text('repository', 'EESSI/software-layer'),
    signKey: text('signKey'),
    signScript: text('signScript'),
  };
}

function check(request: UploadRequest): Arguments {
  const refused = (why: string): Arguments => ({ kind: 'refused', why });
  if (request.signKey !== '' && request.signScript === '') {
    return refused('--sign-key is given without --sign-script: signing needs both.');
  }
  if (request.signScript !== '' && request.signKey === '') {
    return refused('--sign-script is given without --sign-key: signing needs both.');
  }
  const problem = request.endpoint === '' ? undefined : whyNoAddress('--endpoint-url', request.endpoint);
  if (problem !== undefined) return refused(problem);
  return { kind: 'upload', request };
}

function describe(print: (text: string) => void): Command {
  return new Command('eessi-upload-to-staging')
    .description('Uploads an artefact and its metadata file to an S3 bucket and reads them back.')
    .argument('[file]', 'the artefact: a tar archive, eessi-….tar.gz, .tar.zst, .tar.xz or .tar')
    .option('-a, --artefact-prefix <prefix>', 'directory in the bucket for the artefact; may hold variables (-l)')
    .option('-b, --bot-instance <name>', 'name of the bot instance; the namespace of signatures')
    .option(
      '-e, --endpoint-url <url>',
      'address of an S3 server; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, endpoint_url in ~/.aws/config, AWS',
    )
    .option('-i, --pr-comment-id <id>', "comment of the job (default: 'none')")
    .option('-k, --sign-key <key>', 'private key to sign artefact and metadata file with')
    .option('-l, --list-variables', 'list the variables that prefixes may hold')
    .option('-m, --metadata-prefix <prefix>', 'directory in the bucket for the metadata file; may hold variables (-l)')
    .option('-n, --bucket-name <bucket>', "bucket (default: 'eessi-staging')")
    .option('-p, --pull-request-number <number>', "pull request (default: 'none')")
    .option('--probe', 'upload no file: store a small object, read it back, remove it')
    .option('-r, --repository <owner/name>', "repository of the pull request (default: 'EESSI/software-layer')")
    .option('-s, --sign-script <script>', 'program to sign with, called with --sign --private-key --file --namespace')
    .helpOption('-h, --help', 'show this text')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print });
}

function listVariables(): string {
  const lines = Object.entries(prefixVariables).map(([name, meaning]) => `  ${name.padEnd(20)} ${meaning}`);
  return `Variables for --artefact-prefix and --metadata-prefix, as $NAME or \${NAME}:\n${lines.join('\n')}\n  others are taken from the environment\n`;
}
