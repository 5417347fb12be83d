import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type SshServer, startSshServer } from './start-ssh-server.ts';

// clone_git_repo_via = ssh, with a real sshd in the place of GitHub's.

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const where = 'O/private';
let directory: string;
let story: CasesSite;
let ssh: SshServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clone-over-ssh-'));
  const slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: { 'buildenv.clone_git_repo_via': 'ssh' },
  });
  Object.assign(story.site.environment, { HOME: story.directory }); // where git looks for its configuration
  await story.github.createRepository({ name: where, files: writeTargetRepository, private: true });
  ssh = await startSshServer(join(directory, 'ssh'), join(story.directory, 'github'));
});
afterEach(async () => {
  await story?.close();
  await ssh?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** The account's ssh: where the server is and with which key, as in ~/.ssh/config, so that the address stays GitHub's. */
async function writeSshConfig(knownHosts: string): Promise<void> {
  const home = join(story.directory, '.ssh');
  await mkdir(home, { mode: 0o700 });
  await writeFile(
    join(home, 'config'),
    `Host 127.0.0.1\n  Port ${ssh.port}\n  IdentityFile ${ssh.userKey}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${home}/known_hosts\n`,
  );
  await writeFile(join(home, 'known_hosts'), knownHosts);
  // ssh takes ~ from the account, not from HOME, which is another one in a test.
  await writeFile(join(story.directory, '.gitconfig'), `[core]\n\tsshCommand = ssh -F ${home}/config\n`);
}

async function build() {
  await story.site.startEventHandler();
  await story.openPullRequest(undefined, { repository: where });
  return await story.comment(zen2, 'alice', where);
}

it('a job directory is cloned over ssh, from git@HOST:OWNER/REPO.git, which is its origin', async () => {
  await writeSshConfig(`${ssh.knownHost}\n`);
  const { comments } = await build();
  expect(comments.map(({ body }) => body.split('\n')[0])).toEqual(['New job on instance `bot-a` for repository `R1`']);
  const job = Object.values(await story.jobs())[0] ?? '';
  expect(await readFile(join(job, '.git/config'), 'utf8')).toContain(`\turl = git@127.0.0.1:${where}.git\n`);
  expect(await readFile(join(job, 'easyconfigs/z/zlib/zlib-1.3.1.eb'), 'utf8')).toContain('1.3.1');
  expect(await readFile(join(job, `${story.number}.diff`), 'utf8')).toContain('zlib-1.3.1.eb');
  expect(new Set(await ssh.served())).toEqual(new Set([`git-upload-pack '${where}.git'`]));
});

it('a server whose key is not known is not asked, and nobody waits for an answer at a terminal', async () => {
  await writeSshConfig('');
  const { comments } = await build();
  const [failure] = comments;
  expect(failure?.body).toContain('Host key verification failed.');
  expect(failure?.body).toContain('Unable to clone the target repository.');
  expect(await ssh.served()).toEqual([]);
});
