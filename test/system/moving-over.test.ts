import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileAppears } from './cases-site.ts';
import { linesOf, repository } from './site.ts';
import { statesOf, twoBotsSite } from './two-bots-site.ts';

// A site that changes from the Python bot to this one while jobs are under way.

const site = twoBotsSite();

describe.each(['6', '9'] as const)('a site that comes from the Python bot 0.%s', (generation) => {
  it('has its jobs adopted in whatever state they are: released, followed to their end, deployed', async () => {
    const python = await site.begin(generation, {
      'event_handler.log_format': 'text',
      'job_manager.log_format': 'text',
    });
    const held = await python.submit();
    const unnumbered = await python.submit({ commentIdInMetadata: false });
    const pending = await python.submit({ sbatch: ['--begin=now+1hour'] });
    await python.release(pending);
    const running = await python.submit();
    await python.release(running);
    await python.start(running);
    const ended = await python.submit();
    await python.release(ended);
    await python.end(ended);
    const unseen = await python.submit();
    await python.free(unseen);
    await python.end(unseen);
    const finished = await python.submit();
    await python.release(finished);
    await python.start(finished);
    await python.end(finished);
    await python.finish(finished);
    const jobs = { held, unnumbered, pending, running, ended, unseen, finished };
    const said = new Map(Object.values(jobs).map((job) => [job.id, site.story.body(job.commentId)]));

    await site.story.site.startEventHandler();
    const manager = await site.story.site.startJobManager();
    await fileAppears(pending.directory, (name) => name === '_bot_job.json');
    await python.update(pending, 'StartTime=now');
    for (const job of [held, unnumbered, pending]) {
      await site.story.until(job.commentId, /\|running\|/);
      await python.letGo(job);
    }
    await python.letGo(running);
    for (const job of Object.values(jobs)) await site.story.until(job.commentId, /\|test result\|.*SUCCESS/);
    await site.story.github.setLabel(repository, site.story.number, 'carol', 'bot:deploy');
    for (const job of Object.values(jobs)) await site.story.until(job.commentId, /\|uploaded\|/);

    const whole = ['submitted', 'released', 'running', 'finished', 'test result', 'uploaded'];
    const rows = Object.entries(jobs).map(([name, job]) => [name, statesOf(site.story.body(job.commentId))]);
    expect(Object.fromEntries(rows)).toEqual({
      held: whole,
      unnumbered: whole,
      pending: whole,
      running: whole,
      // These ran while nobody watched.
      ended: whole.filter((state) => state !== 'running'),
      unseen: whole.filter((state) => state !== 'released' && state !== 'running'),
      finished: whole,
    });
    for (const { id, commentId } of Object.values(jobs)) {
      expect(site.story.body(commentId).startsWith(`${said.get(id)}\n|`)).toBe(true);
    }
    await manager.stop();
    const completed = join(unnumbered.directory, `_bot_job${unnumbered.id}.metadata`);
    expect(await linesOf(completed)).toContain(`pr_comment_id = ${unnumbered.commentId}`);
    await site.expectPutAway(Object.values(jobs));
    const lines = [...(await linesOf(join(site.story.directory, 'event_handler.log'))), ...(await managerLog())];
    expect(lines.filter((line) => !/^\[\d{8}-T\d\d:\d\d:\d\d\] \S/.test(line))).toEqual([]);

    await site.story.site.startJobManager();
    await site.story.github.closePullRequest(repository, site.story.number, 'carol');
    const trash = join(site.story.directory, 'trash', repository);
    const day = await fileAppears(trash, () => true);
    const month = await fileAppears(join(trash, day), () => true);
    await fileAppears(join(trash, day, month), (name) => name === `pr_${site.story.number}`);
  });
});

const managerLog = () => linesOf(join(site.story.directory, 'job_manager.log'));
