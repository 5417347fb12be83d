import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLinks } from '../../src/jobs/handovers.ts';
import { callersEnvironment } from '../../stand-ins/callers-environment.ts';
import type { CommentView, GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../../stand-ins/github/start-github.ts';
import { pullRequestCommits, targetRepository } from '../../stand-ins/github/target-repository.ts';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { runCommand } from '../slurm/run-command.ts';
import { repository, webhookSecret, writeConfiguration } from '../system/site.ts';
import { Daemon, type KillPoint } from './daemon.ts';

/** How long anything may take until it has come to rest. */
const boundSeconds = 120;

export interface WorldOptions {
  /** What a program needs to reach Slurm. */
  readonly slurm: Readonly<Record<string, string>>;
  /** Upload by the bot's own script to an S3 server; else a small script copies into a directory, which is quicker. */
  readonly realUpload: boolean;
}

let sites = 0;

/** A GitHub with one repository, and one site after the other beside it. Lives go on in it one after the other. */
export class World {
  readonly github: GitHubStandIn;
  readonly #options: WorldOptions;
  readonly #directory: string;
  readonly #s3: S3StandIn | undefined;
  #site: KillSite | undefined;

  private constructor(directory: string, github: GitHubStandIn, s3: S3StandIn | undefined, options: WorldOptions) {
    this.#directory = directory;
    this.github = github;
    this.#s3 = s3;
    this.#options = options;
  }

  static async open(options: WorldOptions): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'bot-kill-'));
    let world: World | undefined;
    const github = await startGitHub({
      directory: join(directory, 'github'),
      webhookSecret,
      app: { id: 123456, slug: 'my-bot', installationId: 12345678 },
      webhookUrl: () => world?.webhookUrl(),
    });
    await github.createRepository({
      name: repository,
      files: targetRepository(0),
    });
    await github.push(repository, 'zlib', pullRequestCommits, 'dave');
    const s3 = options.realUpload ? await startS3() : undefined;
    await s3?.createBucket('eessi-staging');
    world = new World(directory, github, s3, options);
    return world;
  }

  webhookUrl(): string | undefined {
    const port = this.#site?.port;
    return port === undefined ? undefined : `http://127.0.0.1:${port}/`;
  }

  /** A site where no daemon has run yet. `slowSbatch`: sbatch takes longer than a daemon needs to start. */
  async newSite(slowSbatch = false): Promise<KillSite> {
    const jobName = `kill-${process.pid}-${++sites}`;
    const directory = join(this.#directory, jobName);
    await mkdir(directory);
    await writeConfiguration(
      directory,
      this.github,
      { endpoint: this.#s3?.endpoint ?? 'http://127.0.0.1:9' },
      {
        edit: (text) => this.#edit(text, directory, jobName),
      },
    );
    await writeFile(join(directory, 'upload'), uploadScript);
    await chmod(join(directory, 'upload'), 0o755);
    await writeFile(join(directory, 'sbatch'), `#!/bin/bash\n${slowSbatch ? 'sleep 2' : ':'}\nexec sbatch "$@"\n`);
    await chmod(join(directory, 'sbatch'), 0o755);
    this.#site = new KillSite({
      directory,
      jobName,
      github: this.github,
      s3: this.#s3,
      slurm: { PATH: process.env['PATH'] ?? '', ...this.#options.slurm },
      environment: {
        ...callersEnvironment(),
        UPLOADS: join(directory, 'uploads'),
        GITHUB_API_URL: this.github.apiUrl,
        GITHUB_SERVER_URL: this.github.serverUrl,
        GITHUB_APP_SECRET_TOKEN: webhookSecret,
        ...s3Credentials,
        ...this.#options.slurm,
      },
    });
    return this.#site;
  }

  #edit(text: string, directory: string, jobName: string): string {
    const named = text
      .replace('job_name = bot-test', `job_name = ${jobName}`)
      .replace('submit_command = sbatch', `submit_command = ${directory}/sbatch`)
      .replace('[bot_control]', '[bot_control]\nchatlevel = chatty'); // all that can be said
    if (this.#s3 !== undefined) return named;
    return named.replace(/^artefact_upload_script = .*$/m, `artefact_upload_script = ${directory}/upload`);
  }

  async close(): Promise<void> {
    await this.#s3?.close();
    try {
      await this.github.close();
    } finally {
      await rm(this.#directory, { recursive: true, force: true, maxRetries: 10 });
    }
  }
}

/** Copies the artefact, the last word, whole or not at all. */
const uploadScript = `#!/bin/bash
set -eu
mkdir -p "$UPLOADS"
cp -- "\${@: -1}" "$UPLOADS/.$$"
mv -- "$UPLOADS/.$$" "$UPLOADS/$(basename -- "\${@: -1}")"
`;

interface SiteParts {
  readonly directory: string;
  readonly jobName: string;
  readonly github: GitHubStandIn;
  readonly s3: S3StandIn | undefined;
  /** Of commands by which the test looks at the queue. */
  readonly slurm: Readonly<Record<string, string>>;
  /** Of the daemons. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A site as an admin sets it up, and what can be looked at there. */
export class KillSite {
  readonly directory: string;
  readonly github: GitHubStandIn;
  readonly stateDir: string;
  readonly #parts: SiteParts;
  readonly #daemons = new Set<Daemon>();
  port: number | undefined;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.directory = parts.directory;
    this.github = parts.github;
    this.stateDir = join(parts.directory, 'jobs/.bot');
  }

  /** Starts it; the answer comes at once. */
  startEventHandler(trace: string, kill?: KillPoint): Daemon {
    return this.#start({
      program: 'event-handler',
      arguments: () => ['-p', String(this.port ?? 0)],
      readyLine: /listens on http:\/\/127\.0\.0\.1:(\d+)/,
      trace,
      kill,
    });
  }

  startJobManager(trace: string, kill?: KillPoint): Daemon {
    return this.#start({
      program: 'job-manager',
      arguments: () => [],
      readyLine: /looks at the queue every/,
      trace,
      kill,
    });
  }

  #start({
    kill,
    ...options
  }: Omit<ConstructorParameters<typeof Daemon>[0], 'directory' | 'environment'> & { kill: KillPoint | undefined }) {
    const { directory, environment } = this.#parts;
    const daemon = new Daemon({ ...options, directory, environment }, kill);
    this.#daemons.add(daemon);
    return daemon;
  }

  /** The event handler is at work, so that a delivery would arrive. */
  async listening(eventHandler: Daemon): Promise<void> {
    this.port = Number((await eventHandler.ready())[1]);
  }

  /** All jobs that were ever submitted here. */
  async slurmJobs(): Promise<{ id: string; state: string; directory: string }[]> {
    const said = await runCommand(
      { environment: this.#parts.slurm },
      'squeue',
      '--noheader',
      `--name=${this.#parts.jobName}`,
      '--states=all',
      '--format=%A|%T|%Z',
    );
    const lines = said.split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const [id = '', state = '', directory = ''] = line.split('|');
      return { id, state, directory };
    });
  }

  async cancelJobs(): Promise<void> {
    const jobs = await this.slurmJobs();
    const open = jobs.filter(({ state }) => state === 'PENDING' || state === 'RUNNING').map(({ id }) => id);
    if (open.length > 0) await runCommand({ environment: this.#parts.slurm }, 'scancel', ...open);
  }

  /** Comments of the bot. */
  botComments(number: number): readonly CommentView[] {
    return this.github.comments(repository, number).filter(({ author }) => author === 'my-bot[bot]');
  }

  jobComments(number: number): readonly CommentView[] {
    return this.botComments(number).filter(({ body }) => body.includes('|submitted|'));
  }

  /** Names in a directory of the site; none where there is none. */
  async names(path: string): Promise<string[]> {
    return (await readdir(join(this.directory, path)).catch(() => [])).sort();
  }

  async text(path: string): Promise<string> {
    return await readFile(join(this.directory, path), 'utf8').catch(() => '');
  }

  async linkIds(path: string): Promise<string[]> {
    return (await readLinks(join(this.directory, path))).map(({ id }) => id);
  }

  async uploaded(): Promise<string[]> {
    const keys = (await this.#parts.s3?.keys('eessi-staging')) ?? (await this.names('uploads'));
    return keys.map((key) => key.split('/').at(-1) ?? '').filter((name) => /\.tar\.\w+$/.test(name));
  }

  /** Ends what was started. */
  async close(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.end();
    await this.cancelJobs();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Waits until something is so, no longer than everything may take. */
export async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + boundSeconds * 1000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`did not come to rest: waited ${boundSeconds} s for ${what}`);
    await pause(40);
  }
}
