import { existsSync, type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommentView, Commit, Delivery, GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits } from '../../stand-ins/github/target-repository.ts';
import { makeSite, repository, type Site, type SiteOptions } from './site.ts';

// The site that the cases speak of: instance bot-a, four node types, one repository id R1.

const nodeTypes = `{
  "cpu_zen2": { "os": "linux", "cpu_subdir": "x86_64/amd/zen2", "slurm_params": "", "repo_targets": ["R1"] },
  "cpu_zen3": { "os": "linux", "cpu_subdir": "x86_64/amd/zen3", "slurm_params": "", "repo_targets": ["R1"] },
  "cpu_zen4": { "os": "linux", "cpu_subdir": "x86_64/amd/zen4", "slurm_params": "", "repo_targets": ["R1"],
    "accel": "None" },
  "gpu_a100": { "os": "linux", "cpu_subdir": "x86_64/amd/zen3", "slurm_params": "", "repo_targets": ["R1"],
    "accel": "nvidia/cc80" }
  }`;

const architectures = '{ "linux/x86_64/generic": "", "linux/x86_64/amd/zen2": "" }';
const repositoriesOf6 = '{ "linux/x86_64/generic": ["R1"], "linux/x86_64/amd/zen2": ["R1"] }';

const reposCfg = ['R1', 'R2']
  .map(
    (id) =>
      `[${id}]\nrepo_name = software.eessi.io\nrepo_version = 2023.06\ncontainer = docker://ghcr.io/eessi/build-node:debian11\n`,
  )
  .join('\n');

export interface CasesOptions extends Omit<SiteOptions, 'edit' | 'reposCfg'> {
  readonly generation?: '6' | '7-8' | '9';
  /** `section.key` -> value; undefined takes the setting out. DIR in a value is the site's directory. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
}

/** Makes the site of the cases, with a pull request; the daemons are started by the test. */
export async function makeCasesSite({ generation = '9', settings = {}, ...options }: CasesOptions): Promise<CasesSite> {
  const changes: Record<string, string | undefined> = {
    'github.app_name': 'bot-a',
    'deploycfg.metadata_prefix': '',
    'deploycfg.artefact_prefix': '',
    ...(generation === '9'
      ? { 'architecturetargets.node_type_map': nodeTypes }
      : {
          'architecturetargets.node_type_map': undefined,
          'architecturetargets.arch_target_map': architectures,
          'repo_targets.repo_target_map': repositoriesOf6,
          ...(generation === '7-8' && { 'buildenv.job_handover_protocol': 'hold_release' }),
        }),
    ...settings,
  };
  const edit = (appCfg: string, directory: string) =>
    Object.entries(changes).reduce(
      (text, [name, value]) => withSetting(text, name, value?.replaceAll('DIR', directory)),
      appCfg,
    );
  return new CasesSite(await makeSite({ ...options, edit, reposCfg }));
}

/** The text of app.cfg with one setting changed, added or taken out. */
export function withSetting(text: string, name: string, value: string | undefined): string {
  const [section = '', key = ''] = name.split('.');
  const line = new RegExp(`^${key} *=.*\\n(?:[ \\t]+.*\\n|\\n(?=[ \\t]))*`, 'm');
  const start = text.indexOf(`[${section}]\n`) + section.length + 3;
  if (start < section.length + 3) return `${text}\n[${section}]\n${key} = ${value}\n`;
  const next = text.indexOf('\n[', start);
  const end = next < 0 ? text.length : next + 1;
  const without = text.slice(start, end).replace(line, '');
  const added = value === undefined ? '' : `${key} = ${value}\n`;
  return text.slice(0, start) + added + without + text.slice(end);
}

/** What a comment with commands brought about. */
export interface Effect {
  readonly delivery: Delivery;
  readonly commentId: number;
  /** Bodies of the comments of the bot that came with it, oldest first. */
  readonly comments: readonly CommentView[];
  readonly reactions: readonly string[];
}

/** A job that a comment of the bot announces. */
export interface AnnouncedJob {
  readonly id: string;
  readonly directory: string;
  readonly pullRequest: number;
  readonly commentId: number;
}

/** A site and one pull request, and what people do and see there. */
export class CasesSite {
  readonly site: Site;
  readonly github: GitHubStandIn;
  readonly directory: string;
  number = 0;
  #branches = 0;

  constructor(site: Site) {
    this.site = site;
    this.github = site.github;
    this.directory = site.directory;
  }

  async openPullRequest(
    commits: readonly Commit[] = pullRequestCommits,
    options: { number?: number; repository?: string; branch?: string } = {},
  ): Promise<number> {
    const { repository: where = repository, ...rest } = options;
    const branch = `change-${this.#branches++}`;
    this.number = await this.github.openPullRequest(where, { branch, user: 'dave', commits, ...rest });
    const opened = this.github.deliveries.at(-1);
    if (opened?.status === 202) await this.workedOff(opened);
    return this.number;
  }

  /** Posts a comment and waits until the event handler has worked it off. */
  async comment(body: string, by = 'alice', where = repository): Promise<Effect> {
    const before = new Set(this.comments(where).map(({ id }) => id));
    const delivery = await this.github.comment(where, this.number, by, body);
    await this.workedOff(delivery);
    const commentId = JSON.parse(delivery.request.body).comment.id as number;
    const now = this.comments(where);
    return {
      delivery,
      commentId,
      comments: now.filter(({ id }) => !before.has(id) && id !== commentId),
      reactions: now.find(({ id }) => id === commentId)?.reactions.map(({ content }) => content) ?? [],
    };
  }

  /** Posts a comment that asks for jobs: those that came of it, one at least. */
  async build(comment: string): Promise<[AnnouncedJob, ...AnnouncedJob[]]> {
    const { comments } = await this.comment(comment);
    const directories = await this.jobs();
    const [first, ...others] = comments.flatMap((announcement) =>
      jobIdsIn([announcement]).map((id) => ({
        id,
        directory: directories[id] ?? '',
        pullRequest: this.number,
        commentId: announcement.id,
      })),
    );
    if (first === undefined)
      throw new Error(`No job came of ${comment}: ${JSON.stringify(comments.map(({ body }) => body))}`);
    return [first, ...others];
  }

  comments(where = repository): readonly CommentView[] {
    return this.github.comments(where, this.number);
  }

  body(commentId: number, where = repository): string {
    return this.comments(where).find(({ id }) => id === commentId)?.body ?? '';
  }

  /** The comment of a job, on whatever pull request. */
  bodyOf({ pullRequest, commentId }: AnnouncedJob): string {
    return this.github.comments(repository, pullRequest).find(({ id }) => id === commentId)?.body ?? '';
  }

  /** Waits until a comment has what is looked for. */
  async until(commentId: number, pattern: RegExp, where = repository): Promise<string> {
    return await this.github.waitFor(`${pattern} in comment ${commentId}`, () => {
      const body = this.body(commentId, where);
      return pattern.test(body) && body;
    });
  }

  async workedOff(delivery: Delivery): Promise<void> {
    await fileAppears(join(this.directory, 'jobs/.bot/inbox/done'), (name) => name.endsWith(`_${delivery.guid}.json`));
  }

  /** Directories of jobs, as the links of a pull request lead to them: by job id. */
  async jobs(number = this.number): Promise<Record<string, string>> {
    const base = join(this.directory, 'jobs');
    const found: Record<string, string> = {};
    for (const month of (await readdir(base)).filter((name) => /^\d{4}\.\d\d$/.test(name))) {
      const names = await readdir(join(base, month, `pr_${number}`)).catch(() => []);
      for (const id of names.filter((name) => /^\d+$/.test(name))) {
        found[id] = await readlink(join(base, month, `pr_${number}`, id));
      }
    }
    return found;
  }

  /** Waits until nothing is left to do with a job. */
  async jobFinished(id: string): Promise<void> {
    await fileAppears(join(this.directory, 'ids/finished'), (name) => name === id);
  }

  async text(path: string): Promise<string> {
    return await readFile(join(this.directory, path), 'utf8');
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

/** Job ids that comments announce. */
export function jobIdsIn(comments: readonly CommentView[]): string[] {
  return comments.flatMap(({ body }) => /\|submitted\|job id `(\d+)`/.exec(body)?.[1] ?? []);
}

/** Waits until a directory has a file of such a name: its name. The directory need not be there yet. */
export async function fileAppears(directory: string, fits: (name: string) => boolean): Promise<string> {
  const look = async () => (await readdir(directory).catch((): string[] => [])).find(fits);
  for (;;) {
    const change = nextChange(directory);
    const found = await look();
    if (found !== undefined) {
      change.cancel();
      return found;
    }
    await change.happened;
  }
}

/** The next change in a directory; where it is not there yet, in the nearest above. */
function nextChange(directory: string): { happened: Promise<void>; cancel: () => void } {
  const seen = Promise.withResolvers<void>();
  const watcher = watchOrAbove(directory, () => {
    watcher.close();
    seen.resolve();
  });
  return {
    happened: seen.promise,
    cancel: () => watcher.close(),
  };
}

function watchOrAbove(directory: string, listener: () => void): FSWatcher {
  for (;;) {
    try {
      return watch(directory, listener);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const above = watchOrAbove(dirname(directory), listener);
      if (!existsSync(directory)) return above;
      above.close(); // it was made just now: what happens in it is not heard of above
    }
  }
}
