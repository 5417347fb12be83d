import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../../settings/dialects.ts';
import type { DeploySettings, PerRepository, Signing } from '../../settings/settings.ts';
import { inContainer } from './in-container.ts';
import { type ArtefactOfJob, uploadCommand } from './upload-command.ts';

const same = (value: string): PerRepository => ({ kind: 'same', value });
const map = (values: Record<string, string>): PerRepository => ({ kind: 'by-repository', values });

const deploy: DeploySettings = {
  policy: 'all',
  staleArtefacts: 'upload',
  attestation: false,
  script: { environment: { LC_ALL: 'C' }, program: '/bot/scripts/upload', arguments: ['--quiet'] },
  bucketName: same('eessi-staging'),
  metadataPrefix: same(''),
  artefactPrefix: same(''),
  endpointUrl: '',
  permission: [],
  signing: {},
};
const artefact: ArtefactOfJob = {
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  commentId: 77,
  directory: '/jobs/2025.01/pr_9/event_d/run_000/x86_64/generic/R1',
  repositoryId: 'R1',
  file: '/jobs/2025.01/pr_9/event_d/run_000/x86_64/generic/R1/eessi-p-software-1.tar.gz',
  sha256: 'a'.repeat(64),
  report: '/state/uploads/d-7/report.json',
};
const script = `/bot/scripts/upload --quiet`;
const rest = '--pr-comment-id 77 --pull-request-number 9 --repository O/R';

function plan(
  change: Partial<DeploySettings>,
  generation: keyof typeof dialects = '9',
  of: Partial<ArtefactOfJob> = {},
  container = 'docker://image',
) {
  const settings = {
    deploy: { ...deploy, ...change },
    dialect: dialects[generation],
    appName: 'bot-a',
    build: { siteConfig: { container_cachedir: '/cache' } } as never,
    repositories: { sections: { R1: { container } } } as never,
  };
  return uploadCommand(settings, { ...artefact, ...of }, '/bot');
}
function words(...from: Parameters<typeof plan>): string {
  const call = plan(...from);
  return call.kind === 'command' ? [call.command.program, ...call.command.arguments].join(' ') : call.reason;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the upload script
const githubPath = 'new/${github_repository}/${pull_request_number}';

it.each`
  what                                                        | change                                                                                  | expected
  ${'no prefixes'}                                            | ${{}}                                                                                   | ${`${script} --bucket-name eessi-staging ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'everything'}                                             | ${{ artefactPrefix: same('a'), metadataPrefix: same('m'), endpointUrl: 'https://s3' }}  | ${`${script} --artefact-prefix a --bucket-name eessi-staging --endpoint-url https://s3 --metadata-prefix m ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'maps with variables of the script'}                      | ${{ artefactPrefix: map({ R1: githubPath }), metadataPrefix: map({ R1: githubPath }) }} | ${`${script} --artefact-prefix ${githubPath} --bucket-name eessi-staging --metadata-prefix ${githubPath} ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'an artefact prefix alone'}                               | ${{ artefactPrefix: same('a') }}                                                        | ${`${script} --artefact-prefix a --bucket-name eessi-staging --metadata-prefix a ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'a metadata prefix, artefact empty in the map'}           | ${{ artefactPrefix: map({ R1: '' }), metadataPrefix: map({ R1: 'm' }) }}                | ${`${script} --artefact-prefix m --bucket-name eessi-staging --metadata-prefix m ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'an empty bucket'}                                        | ${{ bucketName: same('') }}                                                             | ${`${script} ${rest} --bot-instance bot-a ${artefact.file}`}
  ${'a map of buckets without the id'}                        | ${{ bucketName: map({ R2: 'b' }) }}                                                     | ${'no bucket specified for R1'}
  ${'no metadata prefix, artefact prefix empty (the README)'} | ${{ metadataPrefix: map({ R2: 'm' }), artefactPrefix: map({ R1: '' }) }}                | ${'no metadata prefix specified for R1'}
  ${'no artefact prefix'}                                     | ${{ artefactPrefix: map({}) }}                                                          | ${'no artefact prefix specified for R1'}
  ${'no script'}                                              | ${{ script: undefined }}                                                                | ${'no artefact_upload_script is configured'}
`('$what', ({ change, expected }) => {
  expect(words(change)).toBe(expected);
});

it.each`
  what                                   | repositoryId     | expected
  ${'what every object has is no entry'} | ${'constructor'} | ${'no bucket specified for constructor'}
  ${'a job.cfg without an id'}           | ${''}            | ${'no bucket specified for a job whose repository id is not known'}
`('$what', ({ repositoryId, expected }) => {
  expect(words({ bucketName: map({ R1: 'b' }) }, '9', { repositoryId })).toBe(expected);
});

it('warns of a single prefix, and of nothing else', () => {
  expect(plan({ artefactPrefix: same('a') })).toHaveProperty('warning');
  expect(plan({})).not.toHaveProperty('warning');
  expect(plan({ artefactPrefix: same('a'), metadataPrefix: same('b') })).not.toHaveProperty('warning');
});

it('leaves the comment out where the job has none', () => {
  expect(words({}, '9', { commentId: -1 })).not.toContain('--pr-comment-id');
});

describe('signing', () => {
  const signing: Record<string, Signing> = { R1: { script: 'scripts/sign.sh', key: '/keys/id' } };
  const signed = `--sign-key /keys/id --sign-script ${artefact.directory}/scripts/sign.sh`;
  it.each`
    what                      | signs                                          | generation | expected
    ${'a script of the job'}  | ${signing}                                     | ${'9'}     | ${` --bot-instance bot-a ${signed}`}
    ${'generation 7-8'}       | ${signing}                                     | ${'7-8'}   | ${` --bot-instance bot-a ${signed}`}
    ${'generation 6'}         | ${signing}                                     | ${'6'}     | ${''}
    ${'another repository'}   | ${{ R2: signing['R1'] }}                       | ${'9'}     | ${' --bot-instance bot-a'}
    ${'a script of the site'} | ${{ R1: { script: '/site/sign', key: 'id' } }} | ${'9'}     | ${' --bot-instance bot-a --sign-key /bot/id --sign-script /site/sign'}
  `('$what', ({ signs, generation, expected }) => {
    expect(words({ signing: signs }, generation)).toBe(
      `${script} --bucket-name eessi-staging ${rest}${expected} ${artefact.file}`,
    );
  });

  it('needs the image of repos.cfg', () => {
    const contained = { R1: { script: 's', key: '/k', containerRuntime: 'apptainer' } };
    expect(plan({ signing: contained })).toMatchObject({
      container: { runtime: 'apptainer', image: 'docker://image', cacheDir: '/cache' },
    });
    expect(words({ signing: contained }, '9', {}, '')).toBe('no container specified for R1');
  });
});

describe('in a container', () => {
  let root: string;
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'in-container-')));
    for (const name of ['bot/scripts', 'home/.aws', 'pr_9/job', 'store/keys', 'elsewhere']) {
      await mkdir(join(root, name), { recursive: true });
    }
    await writeFile(join(root, 'store/keys/id'), '');
    await writeFile(join(root, 'bot/scripts/upload'), '');
    await writeFile(join(root, 'ca.pem'), '');
    await writeFile(join(root, 'store/keys/ca.pem'), '');
    await symlink(join(root, 'store/keys'), join(root, 'keys'));
    await symlink(join(root, 'bot/scripts/upload'), join(root, 'elsewhere/upload'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('directories are bound as they are called and as they really are, the bot as a whole for its own script', async () => {
    const upload = {
      kind: 'command' as const,
      command: { environment: { A: '1' }, program: join(root, 'elsewhere/upload'), arguments: ['--x', '/jobs/f'] },
      paths: [join(root, 'elsewhere/upload'), join(root, 'keys/id'), '/not-there'],
      container: { runtime: 'apptainer', image: 'docker://image', cacheDir: '/cache' },
    };
    const surroundings = {
      botDirectory: join(root, 'bot'),
      pullRequestDir: join(root, 'pr_9'),
      jobDirectory: join(root, 'pr_9/job'),
      environment: {
        HOME: join(root, 'home'),
        NODE_EXTRA_CA_CERTS: join(root, 'ca.pem'),
        AWS_CA_BUNDLE: join(root, 'store/keys/ca.pem'), // seen already
      },
    };
    const seen = ['pr_9', 'elsewhere', 'bot/scripts', 'bot', 'keys', 'store/keys', 'home/.aws', 'ca.pem'];
    const temporary = { SINGULARITY_TMPDIR: join(root, 'pr_9/job/previous_tmp/upload_step') };
    const call = await inContainer(upload, surroundings);
    expect(call).toEqual({
      environment: { A: '1', SINGULARITY_CACHEDIR: '/cache', ...temporary },
      program: 'apptainer',
      arguments: [
        ...['exec', '--contain', '--no-home'],
        ...seen.flatMap((name) => ['--bind', join(root, name)]),
        ...['docker://image', join(root, 'elsewhere/upload'), '--x', '/jobs/f'],
      ],
    });
    const { container } = upload;
    const uncached = await inContainer({ ...upload, container: { ...container, cacheDir: '' } }, surroundings);
    expect(uncached.environment).toEqual({ A: '1', ...temporary });
  });
});
