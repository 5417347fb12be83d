import { writeFileSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { pullRequestCommits, writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { hostileText } from '../fuzz/hostile-text.ts';
import { howOften } from '../fuzz/how-often.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { type CasesSite, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { repository, webhookSecret } from './site.ts';

// A secret of each kind with a value that can be told, and after a whole life the question where it has come to.

const root = join(import.meta.dirname, '../..');
const canaries = {
  GITHUB_APP_SECRET_TOKEN_PREVIOUS: 'canary-previous-webhook-secret',
  GITHUB_TOKEN: 'canary-github-token',
  KEY_PASSPHRASE: 'canary-passphrase',
  AWS_SECRET_ACCESS_KEY: 'canary-aws-secret',
  AWS_SESSION_TOKEN: 'canary-aws-session',
};

/** What lies in files that the daemons, git or the signing script may read, and nobody else. */
const inFiles = { '.netrc': 'canary-netrc-password', 'signing-key': 'canary-signing-key' };

/** What somebody types who would like to know them. */
const curious = fc
  .array(
    fc.oneof(
      hostileText,
      fc.constantFrom(
        ...Object.keys(canaries).flatMap((name) => [`$${name}`, `\${${name}}`, `%(${name})s`, `{${name}}`]),
        ...[
          '$(cat ~/.netrc)',
          '/proc/self/environ',
          'export:A=$GITHUB_TOKEN',
          'for:arch=$KEY_PASSPHRASE',
          'repo:$HOME',
        ],
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((words) => `bot: build for:arch=x86_64/amd/zen2 ${words.join(' ')}\nbot: ${words.join(' ')}`);

const slurm = realSlurm();
let story: CasesSite;
afterEach(() => story?.close());

const spied = () => join(slurm().directory, 'spied');

/** A program that writes down what it sees of the bot, then is the one that it is called after. */
const spy = (real: string) => `#!/bin/bash
{ printf '%s\\n' "$0" "$@"; env; tr '\\0' '\\n' </proc/self/environ; } >"${spied()}/\${0##*/}.$$"
export PATH=\${PATH#*:}
exec ${real} "$@"
`;

async function spyOn(...programs: string[]): Promise<string> {
  const bin = join(slurm().directory, 'spies');
  await mkdir(bin);
  await mkdir(spied());
  for (const program of programs) {
    await writeFile(join(bin, program), spy(program));
    await chmod(join(bin, program), 0o755);
  }
  return bin;
}

/** The target repository, with a build that looks round for secrets. */
async function curiousRepository(workTree: string): Promise<void> {
  await writeTargetRepository(workTree, { buildSeconds: 0 });
  const script = join(workTree, 'bot/build.sh');
  const [first, ...rest] = (await readFile(script, 'utf8')).split('\n');
  const look =
    'env >seen-by-job.txt; tr "\\0" "\\n" </proc/$PPID/environ >>seen-by-job.txt; git config --list >>seen-by-job.txt';
  await writeFile(script, [first, look, ...rest].join('\n'));
  await writeFile(
    join(workTree, 'det_submit_opts.py'),
    'import os\nopen("seen-by-det-submit-opts.txt", "w").write(str(os.environ))\ndef det_submit_opts(job):\n    return job.slurm_opts\n',
  );
}

/** Paths of all files below a directory. */
async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

it('no secret gets to where a stranger could read it', async () => {
  const bin = await spyOn('sbatch', 'squeue', 'scontrol', 'sacct', 'git', 'python3');
  story = await makeCasesSite({
    slurm: { ...slurm().environment, PATH: `${bin}:${slurm().environment['PATH'] ?? process.env['PATH']}` },
    environment: canaries,
    files: curiousRepository,
    settings: {
      'buildenv.allow_update_submit_opts': 'true',
      'deploycfg.artefact_upload_script': 'DIR/upload',
      'deploycfg.signing': '{"R1": {"script": "DIR/sign", "key": "DIR/signing-key"}}',
      'bot_control.chatlevel': 'chatty',
      // Written here, since the settings are checked against the disk.
      'github.app_name': 'bot-a',
    },
  });
  writeFileSync(join(story.directory, 'upload'), spy(join(root, 'scripts/eessi-upload-to-staging')), { mode: 0o755 });
  const signs = 'for word in "$@"; do case $before in --file) cp "$word" "$word.sig" ;; esac; before=$word; done\n';
  writeFileSync(join(story.directory, 'sign'), spy('true').replace(/exec.*\n/, signs), { mode: 0o755 });
  const host = `machine ${new URL(story.github.serverUrl).hostname} login somebody password`;
  writeFileSync(join(story.directory, '.netrc'), `${host} ${inFiles['.netrc']}\n`, { mode: 0o600 });
  writeFileSync(join(story.directory, 'signing-key'), `${inFiles['signing-key']}\n`, { mode: 0o600 });
  const daemons = [await story.site.startEventHandler(), await story.site.startJobManager()];
  await story.openPullRequest(pullRequestCommits);
  const { comments } = await story.comment(
    'bot: help\nbot: build for:arch=x86_64/amd/zen2\nbot: status\nbot: show_config',
  );
  const [id = ''] = jobIdsIn(comments);
  const job = (await story.jobs())[id] ?? '';
  await story.jobFinished(id);
  await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  const commentId = comments.find(({ body }) => body.includes('|submitted|'))?.id ?? 0;
  await story.until(commentId, /\|uploaded\|/);
  for (const [index, body] of fc.sample(curious, howOften(30) as fc.Parameters<string>).entries()) {
    await story.comment(body, index % 3 === 0 ? 'mallory' : 'alice');
  }
  const commandLines = await Promise.all(
    daemons.map(({ process: { pid } }) => readFile(`/proc/${pid}/cmdline`, 'utf8')),
  );
  // No file moves any more while all of them are read.
  for (const daemon of daemons) expect(await daemon.stop()).toBe(0);

  const key = story.github.privateKeyPem.split('\n')[2] ?? '';
  const secrets = [
    webhookSecret,
    ...Object.values(canaries),
    ...Object.values(inFiles),
    key,
    story.github.personalToken,
  ];
  const isSecret = (text: string) => secrets.filter((secret) => text.includes(secret));
  const hasToken = (text: string) => /\bgh[a-z]_\w+/.test(text);
  expect(key.length).toBeGreaterThan(40);

  // What strangers' code saw.
  expect(await readFile(join(job, 'seen-by-job.txt'), 'utf8')).toContain(`SLURM_JOB_ID=${id}`);
  expect(await readFile(join(job, 'seen-by-det-submit-opts.txt'), 'utf8')).toContain('PATH');
  // Job directories, logs, state, mirrors, events; what the daemons printed; command lines; comments; the bucket.
  const own = ['private-key.pem', 'github/', ...Object.keys(inFiles)].map((name) => join(story.directory, name));
  const files = (await filesBelow(story.directory)).filter((path) => !own.some((each) => path.startsWith(each)));
  expect(files.length).toBeGreaterThan(50);
  const found: Record<string, string[]> = {};
  const look = (where: string, text: string) => {
    const inIt = [...isSecret(text), ...(hasToken(text) ? ['a token'] : [])];
    if (inIt.length > 0) found[where] = inIt;
  };
  for (const path of files) look(path, await readFile(path, 'latin1'));
  for (const daemon of daemons) look('printed', daemon.output());
  for (const line of commandLines) look('a command line', line);
  for (const { body } of story.comments()) look('a comment', body);
  for (const name of await story.site.s3.keys('eessi-staging')) {
    look(`s3 ${name}`, (await story.site.s3.read('eessi-staging', name)).toString('latin1'));
  }
  // What children saw.
  const seen = await filesBelow(spied());
  const names = new Set(seen.map((path) => path.split('/').at(-1)?.split('.')[0] ?? ''));
  expect([...names].sort()).toEqual(
    expect.arrayContaining(['git', 'python3', 'sbatch', 'scontrol', 'sign', 'squeue', 'upload']),
  );
  const fetches: string[] = [];
  for (const path of seen) {
    const text = await readFile(path, 'latin1');
    if (text.includes('BTD_GIT_TOKEN=')) fetches.push(path);
    const name = path.split('/').at(-1)?.split('.')[0] ?? '';
    if (name === 'upload') {
      expect(isSecret(text).sort()).toEqual(
        [canaries.AWS_SECRET_ACCESS_KEY, canaries.AWS_SESSION_TOKEN, canaries.KEY_PASSPHRASE].sort(),
      );
    } else if (name === 'sign') {
      expect(isSecret(text)).toEqual([canaries.KEY_PASSPHRASE]);
    } else if (name === 'git') {
      // The one that fetches reads private repositories with the token, which it finds in its environment only.
      const expected = text.includes('BTD_GIT_TOKEN') ? [canaries.GITHUB_TOKEN] : [];
      expect(isSecret(text.replaceAll(/^BTD_GIT_TOKEN=.*$/gm, ''))).toEqual([]);
      expect(isSecret(text)).toEqual(expected);
    } else look(name, text);
  }
  expect(found).toEqual({});
  expect(fetches).not.toEqual([]);

  // Nobody else on the machine reads the state.
  const state = join(story.directory, 'jobs/.bot');
  expect((await lstat(state)).mode & 0o777).toBe(0o700);
  const open = (await filesBelow(state)).filter((path) => !path.startsWith(join(state, 'mirrors')));
  open.push(...(await filesBelow(join(story.directory, 'events_log'))));
  for (const path of open) expect([path, (await lstat(path)).mode & 0o077]).toEqual([path, 0]);
});
