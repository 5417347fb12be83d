import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits } from '../../stand-ins/github/target-repository.ts';
import { freePorts } from '../slurm/free-ports.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { linesOf, makeSite, repository, type Site } from './site.ts';

const slurm = realSlurm();
let site: Site;

afterEach(() => site?.close());

/** States of a job's rows, in their order. */
const rowsOf = (body: string) => [...body.matchAll(/^\|[^|]+ UTC \d{4}\|([^|]+)\|(.*)\|$/gm)].map(([, state]) => state);

async function rowsUntil(last: string, comment: CommentView): Promise<string[]> {
  return await site.github.waitFor(`the row ${last} of comment ${comment.id}`, () => {
    const now = site.github.comments(repository, comment.number).find(({ id }) => id === comment.id);
    const rows = rowsOf(now?.body ?? '') as string[];
    return rows.includes(last) && rows;
  });
}

async function lookAtMetrics(port: number, lines: readonly RegExp[]): Promise<void> {
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.text());
  expect(await ask('/healthz')).toBe('ok\n');
  const told = await ask('/metrics');
  for (const line of lines) expect(told).toMatch(line);
}

it('a command becomes a job, its rows, and after the label an object in S3', async () => {
  const [eventHandlerPort = 0, jobManagerPort = 0] = await freePorts(2);
  site = await makeSite({
    ...{ slurm: slurm().environment, buildSeconds: 3 },
    edit: (appCfg) =>
      appCfg
        .replace('[deploycfg]', '[deploycfg]\nattestation = true')
        .replace('[event_handler]', `[event_handler]\nmetrics_port = ${eventHandlerPort}`)
        .replace('[job_manager]', `[job_manager]\nmetrics_port = ${jobManagerPort}`),
  });
  const eventHandler = await site.startEventHandler();
  // Without it collectWhenIdle does nothing.
  expect(await readFile(`/proc/${eventHandler.process.pid}/cmdline`, 'utf8')).toContain('--expose-gc');
  const manager = await site.startJobManager();
  const number = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  const command = await site.github.comment(
    repository,
    number,
    'alice',
    'Please.\nbot: build for:arch=x86_64/amd/zen2',
  );
  expect(command.status).toBe(202);

  const comment = await site.github.nextComment(({ body }) => body.includes('|submitted|'));
  const jobId = /job id `(\d+)` awaits release by job manager/.exec(comment.body)?.[1] ?? '';
  const link = /Job dir: `(.*)`/.exec(comment.body)?.[1] ?? '';
  expect(comment.body.split('\n').slice(0, 3)).toEqual([
    'New job on instance `MY-bot` for repository `eessi.io-2023.06`',
    'Building on: `amd-zen2`',
    'Building for: `x86_64/amd/zen2`',
  ]);
  expect(link).toMatch(new RegExp(`^${site.directory}/jobs/\\d{4}\\.\\d\\d/pr_${number}/${jobId}$`));

  expect(await rowsUntil('test result', comment)).toEqual([
    'submitted',
    'released',
    'running',
    'finished',
    'test result',
  ]);

  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  expect(await rowsUntil('uploaded', comment)).toEqual([
    'submitted',
    'released',
    'running',
    'finished',
    'test result',
    'uploaded',
  ]);
  const [artefact = '', provenance, metadata = ''] = await site.s3.keys('eessi-staging');
  expect(artefact).toMatch(
    new RegExp(`^new/${repository}/${number}/eessi-2023.06-software-linux-x86_64-amd-zen2-\\d+\\.tar\\.gz$`),
  );
  expect([provenance, metadata]).toEqual([`${artefact}.intoto.json`, `${artefact}.meta.txt`]);
  const told = JSON.parse((await site.s3.read('eessi-staging', metadata)).toString());
  const { commit } = JSON.parse(await readFile(join(link, '_bot_job.json'), 'utf8'));
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(told.link2pr).toEqual({
    repo: repository,
    pr: String(number),
    pr_comment_id: String(comment.id),
    commit,
  });
  expect(await linesOf(join(link, '..', 'uploaded.txt'))).toEqual([`${jobId}/${artefact.split('/').at(-1)}`]);

  const statement = JSON.parse((await site.s3.read('eessi-staging', provenance ?? '')).toString());
  expect(statement).toMatchObject({
    subject: [{ name: artefact.split('/').at(-1), digest: { sha256: told.payload.sha256sum } }],
    predicate: {
      buildDefinition: {
        externalParameters: {
          repository: `${site.github.serverUrl}/${repository}`,
          pullRequest: number,
          orderedBy: { login: 'alice' },
          repositoryId: 'eessi.io-2023.06',
          architecture: 'x86_64/amd/zen2',
        },
        internalParameters: {
          nodeType: 'cpu_zen2',
          nodes: expect.stringMatching(/^\w+$/),
          deployment: { orderedBy: 'carol', approvedCommit: commit },
        },
        resolvedDependencies: [{ digest: { gitCommit: commit } }],
      },
    },
  });

  await lookAtMetrics(eventHandlerPort, [
    /^build_bot_info\{daemon="event handler",version="[\d.]+"\} 1$/m,
    /^build_bot_deliveries_total\{event="issue_comment",result="accepted"\} [1-9]/m,
    /^build_bot_commands_total\{command="build",result="done"\} 1$/m,
    /^build_bot_github_requests_total\{request="create comment",status="201"\} [1-9]/m,
    /^build_bot_slurm_command_duration_seconds_count\{program="sbatch",result="ok"\} 1$/m,
    /^build_bot_daemon_running\{daemon="job manager"\} 1$/m,
    /^process_cpu_seconds_total /m,
  ]);
  await lookAtMetrics(jobManagerPort, [
    /^build_bot_upload_duration_seconds_count\{result="uploaded"\} 1$/m,
    /^build_bot_uploaded_bytes_total [1-9]/m,
    /^build_bot_interval_duration_seconds_count\{result="done"\} [1-9]/m,
    /^build_bot_interval_success_timestamp_seconds \d/m,
    /^build_bot_jobs\{state="running"\} 0$/m,
    /^build_bot_github_requests_total\{request="update comment",status="200"\} [1-9]/m,
  ]);

  const ledger = await site.run('scripts/bot-admin', 'ledger', 'verify');
  expect(ledger).toEqual({
    status: 0,
    output: expect.stringMatching(/ledger\.jsonl: 1 entry, of .*\nEach line follows/),
  });
  const [, noted = ''] = /SHA-256 of the last line: (\S+)/.exec(ledger.output) ?? [];
  const path = /^(.*ledger\.jsonl): 1 entry/m.exec(ledger.output)?.[1] ?? '';
  const copy = join(site.directory, 'ledger of another');
  await writeFile(copy, (await readFile(path, 'utf8')).replace('carol', 'mallory'));
  expect(await site.run('scripts/bot-admin', 'ledger', 'verify', path, '--noted', noted)).toMatchObject({ status: 0 });
  expect(await site.run('scripts/bot-admin', 'ledger', 'verify', copy, '--noted', noted)).toEqual({
    status: 1,
    output: expect.stringContaining(`no line has the SHA-256 ${noted}`),
  });

  expect(await manager.stop()).toBe(0);
  expect(await readdir(join(site.directory, 'ids/finished'))).toEqual([jobId]);
  expect(await readdir(join(site.directory, 'ids/submitted'))).toEqual([]);

  // What the job worked on: the base with everything that the pull request changed.
  expect((await readFile(join(link, 'easyconfigs/z/zlib/zlib-1.3.1-test-data.bin'))).length).toBe(4096);
  await expect(stat(join(link, 'easystacks/eessi-2021.12.yml'))).rejects.toThrow('ENOENT');
  expect((await stat(join(link, 'scripts/list-recipes.sh'))).mode & 0o111).not.toBe(0);
  expect(await readFile(join(link, '.git/config'), 'utf8')).toContain(`url = ${site.github.serverUrl}/${repository}\n`);
  expect(await readFile(join(link, 'cfg/job.cfg'), 'utf8')).toContain(
    'node_type = cpu_zen2\nsoftware_subdir = x86_64/amd/zen2\n',
  );
});
