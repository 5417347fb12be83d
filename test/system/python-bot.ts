import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { gitEnvironment } from '../../stand-ins/git-environment.ts';
import { type CasesSite, fileAppears } from './cases-site.ts';
import { repository } from './site.ts';

/** A job of the Python bot's. */
export interface PythonJob {
  readonly id: string;
  readonly directory: string;
  readonly commentId: number;
}

const date = 'Nov 23 10:00:00 UTC 2026';
const account = 'my-bot[bot]';

/** A job script that waits for a file `go`, and says nothing when it ends: as the Python bot's, without our end marker. */
const jobScript = `#!/usr/bin/env bash
until [ -e go ]; do sleep 0.2; done
bot/build.sh
bot/check-build.sh
bot/test.sh
bot/check-test.sh
`;

/** Leaves on disk, in Slurm and on the pull request what the Python bot would: directory, held job, links, metadata, comment. */
export class PythonBot {
  readonly #story: CasesSite;
  readonly #generation: '6' | '9';
  readonly #environment: Readonly<Record<string, string>>;
  readonly #pullRequestDir: string;
  readonly #idsDir: string;

  constructor(story: CasesSite, generation: '6' | '9', slurm: Readonly<Record<string, string>>) {
    this.#story = story;
    this.#generation = generation;
    this.#environment = { PATH: process.env['PATH'] ?? '', USER: 'root', ...slurm };
    const now = new Date();
    const month = `${now.getFullYear()}.${String(now.getMonth() + 1).padStart(2, '0')}`;
    this.#pullRequestDir = join(story.directory, 'jobs', month, `pr_${story.number}`);
    this.#idsDir = join(story.directory, 'ids');
  }

  /** Submits a held job, links and announces it, and last writes its metadata. */
  async submit(options: { sbatch?: readonly string[]; commentIdInMetadata?: boolean } = {}): Promise<PythonJob> {
    const place = this.#generation === '9' ? 'x86_64/amd/zen2' : 'linux_x86_64_amd_zen2';
    const directory = join(this.#pullRequestDir, `event_${randomUUID()}`, 'run_000', place, 'R1');
    await this.#prepare(directory);
    const words = ['--hold', '--time=24:00:00', ...(options.sbatch ?? []), '--job-name=bot-test', 'bot-build.slurm'];
    const id = /^Submitted batch job (\d+)$/.exec(await this.#run(directory, 'sbatch', ...words))?.[1] ?? '';
    await symlink(directory, join(this.#pullRequestDir, id));
    const delivery = await this.#story.github.comment(repository, this.#story.number, account, this.#announce(id));
    const commentId: number = JSON.parse(delivery.request.body).comment.id;
    const ofComment = options.commentIdInMetadata === false ? '' : `pr_comment_id = ${commentId}\n`;
    await writeFile(
      join(directory, `_bot_job${id}.metadata`),
      `[PR]\nrepo = ${repository}\npr_number = ${this.#story.number}\n${ofComment}\n`,
    );
    return { id, directory, commentId };
  }

  /** As its job manager does when it first sees a job. */
  async release(job: PythonJob): Promise<void> {
    await mkdir(join(this.#idsDir, 'submitted'), { recursive: true });
    await symlink(job.directory, join(this.#idsDir, 'submitted', job.id));
    await this.free(job);
    await this.addRow(job, 'released', 'job awaits launch by Slurm scheduler');
  }

  /** The job may start, and nobody has noted it: what comes of delayed_begin where no job manager runs. */
  async free(job: PythonJob): Promise<void> {
    await this.#run(job.directory, 'scontrol', 'release', job.id);
  }

  /** The job begins, and the comment says so. */
  async start(job: PythonJob): Promise<void> {
    await this.state(job, 'RUNNING');
    await this.addRow(job, 'running', `job \`${job.id}\` is running`);
  }

  /** The job comes to its end. */
  async end(job: PythonJob): Promise<void> {
    await this.letGo(job);
    await fileAppears(job.directory, (name) => name === `_bot_job${job.id}.test`);
    await this.state(job, 'COMPLETED');
  }

  /** As its job manager does with a job that has ended. */
  async finish(job: PythonJob): Promise<void> {
    await mkdir(join(this.#idsDir, 'finished'), { recursive: true });
    await rename(join(this.#idsDir, 'submitted', job.id), join(this.#idsDir, 'finished', job.id));
    await this.addRow(job, 'finished', '<details><summary>:grin: SUCCESS</summary></details>');
    await this.addRow(job, 'test result', '<details><summary>:grin: SUCCESS</summary></details>');
  }

  letGo(job: PythonJob): Promise<void> {
    return writeFile(join(job.directory, 'go'), '');
  }

  async addRow(job: PythonJob, state: string, text: string): Promise<void> {
    const body = `${this.#story.body(job.commentId)}\n|${date}|${state}|${text}|`;
    await this.#story.github.editComment(repository, job.commentId, account, body);
  }

  /** Changes a job in Slurm. */
  async update(job: PythonJob, change: string): Promise<void> {
    await this.#run(job.directory, 'scontrol', 'update', `jobid=${job.id}`, change);
  }

  /** Waits until Slurm has the job in that state. */
  async state(job: PythonJob, state: string): Promise<void> {
    for (;;) {
      const told = await this.#run(job.directory, 'scontrol', '--oneliner', 'show', 'jobid', job.id);
      if (told.includes(` JobState=${state} `)) return;
      await pause(100);
    }
  }

  async #prepare(directory: string): Promise<void> {
    await mkdir(join(directory, '..'), { recursive: true });
    const { github, number } = this.#story;
    const git = (...words: string[]) =>
      execa('git', words, { cwd: join(directory, '..'), env: gitEnvironment(), extendEnv: false });
    await git('clone', '--quiet', `${github.serverUrl}/${repository}`, directory);
    const diff = join(directory, `${number}.diff`);
    await git('-C', directory, 'fetch', '--quiet', 'origin', `refs/pull/${number}/head`);
    await git('-C', directory, 'diff', '--binary', `--output=${diff}`, 'HEAD...FETCH_HEAD');
    await git('-C', directory, 'apply', diff);
    await mkdir(join(directory, 'cfg'));
    await copyFile(join(this.#story.directory, 'cfg_bundles/repos.cfg'), join(directory, 'cfg/repos.cfg'));
    await writeFile(join(directory, 'cfg/job.cfg'), this.#jobCfg(directory));
    await writeFile(join(directory, 'bot-build.slurm'), jobScript);
  }

  #jobCfg(directory: string): string {
    const nodeType = this.#generation === '9' ? 'node_type = cpu_zen2\n' : '';
    return `[site_config]
local_tmp = /tmp

[repository]
repos_cfg_dir = ${directory}/cfg
repo_id = R1
container = docker://ghcr.io/eessi/build-node:debian11
repo_name = software.eessi.io
repo_version = 2023.06

[architecture]
${nodeType}software_subdir = x86_64/amd/zen2
os_type = linux
accelerator = 

`;
  }

  #announce(id: string): string {
    const link = join(this.#pullRequestDir, id);
    const head =
      this.#generation === '9'
        ? `New job on instance \`bot-a\` for repository \`R1\`\nBuilding on: \`amd-zen2\`\nBuilding for: \`x86_64/amd/zen2\`\nJob dir: \`${link}\``
        : `New job on instance \`bot-a\` for architecture \`x86_64-amd-zen2\` for repository \`R1\` in job dir \`${link}\``;
    return `${head}\n|date|job status|comment|\n|----------|----------|------------------------|\n|${date}|submitted|job id \`${id}\` awaits release by job manager|`;
  }

  async #run(cwd: string, program: string, ...words: string[]): Promise<string> {
    return (await execa(program, words, { cwd, env: this.#environment, extendEnv: false })).stdout;
  }
}
