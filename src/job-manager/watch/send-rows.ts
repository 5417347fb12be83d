import { type Continuation, type JobRecord, mostContinuations } from '../../jobs/job-record.ts';
import {
  continuationHead,
  planContinuations,
  renderParts,
  type Table,
  type TablePart,
} from '../../messages/continued-table.ts';
import { RefusedByGitHub } from '../../outside/github/github.ts';
import { type Said, sayOnce } from '../../outside/github/say-once.ts';
import { wordsOf } from '../../words-of.ts';
import { UnusableJob } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { type Followed, isBehind } from './plan-sends.ts';
import type { SendAttempts } from './send-attempts.ts';

/** Brings the comments of one job up to date; each is sent whole, so that doing it twice is harmless. Gives back the record as it is then. */
export async function sendRows({ job }: Followed, tools: Tools, attempts: SendAttempts): Promise<JobRecord> {
  try {
    const record = await tools.jobs.readToSend(job, tools.github);
    if (!isBehind(record)) return record;
    attempts.recall(job.id, record.sending, tools.monotonic());
    const sent = await new Sending(job, record, tools).send();
    attempts.succeeded(job.id, tools.monotonic());
    return sent;
  } catch (error) {
    if (error instanceof UnusableJob) throw error;
    switch (attempts.failed(job.id, error, tools.monotonic())) {
      case 'all wait':
        throw error;
      case 'alone':
        await tools.jobs.change(job, tools.github, (now) => ({ ...now, sending: attempts.of(job.id) }));
        throw new Error(`the comment of this job cannot be sent, and is tried again later: ${wordsOf(error)}`, {
          cause: error,
        });
      case 'set aside': {
        const isRefused = error instanceof RefusedByGitHub;
        const what = isRefused
          ? 'GitHub refuses it again and again'
          : 'for days it could not be sent, though others could';
        return await setAside(job, `${what}: ${wordsOf(error)}`, tools);
      }
    }
  }
}

/** The comments of one job while they are brought up to date. */
class Sending {
  readonly #job: Followed['job'];
  readonly #tools: Tools;
  #record: JobRecord;

  constructor(job: Followed['job'], record: JobRecord, tools: Tools) {
    this.#job = job;
    this.#record = record;
    this.#tools = tools;
  }

  async send(): Promise<JobRecord> {
    const { rows, rowsSent } = this.#record;
    if ((await this.#planContinuations(rows.length)) === 'too many')
      return await setAside(this.#job, `its table is too long for ${mostContinuations} more comments`, this.#tools);
    for (const [index, part] of renderParts(tableOf(this.#record, rows.length)).entries()) {
      const isNew = index > 0 && this.#continuation(index)?.said?.kind !== 'posted';
      const isFollowedByNew =
        this.#continuation(index + 1) !== undefined && this.#continuation(index + 1)?.said?.kind !== 'posted';
      if (part.to <= rowsSent && !isNew && !isFollowedByNew) continue;
      // A first comment that was full before is another bot's: it stays as it is.
      if (index === 0 && part.to === 0) continue;
      const answer = isNew ? await this.#post(index, part) : await this.#update(index, part);
      if (answer === 'gone')
        return await setAside(this.#job, 'it was deleted, or may not be written to any more', this.#tools);
      await this.#change(({ sending: _, ...now }) => ({ ...now, rowsSent: Math.max(now.rowsSent, part.to) }));
    }
    this.#tools.log.info({ job: this.#job.id, rows: rows.slice(rowsSent).map(({ state }) => state) }, 'sent rows');
    return this.#record;
  }

  /** Written down before anything is sent, so that a row stays in the comment that it was sent in. */
  async #planContinuations(rowCount: number): Promise<'planned' | 'too many'> {
    const known = this.#record.continuations ?? [];
    const added = planContinuations(tableOf(this.#record, rowCount)).slice(known.length);
    if (added.length === 0) return 'planned';
    if (known.length + added.length > mostContinuations) return 'too many';
    this.#tools.log.info({ job: this.#job.id, from: added }, 'the table of a job goes on in a further comment');
    await this.#change((now) => ({ ...now, continuations: [...known, ...added.map((from) => ({ from }))] }));
    return 'planned';
  }

  async #update(index: number, { text }: TablePart): Promise<'done' | 'gone'> {
    const { comment, repository } = this.#record;
    const said = index === 0 ? comment : this.#continuation(index)?.said;
    return said?.kind === 'posted' ? await this.#tools.github.updateComment(repository, said.id, text) : 'gone';
  }

  /** Posted once: known by its heading, which names the first comment and the part. */
  async #post(index: number, { text: body }: TablePart): Promise<'done' | 'gone'> {
    const { repository, pullRequest } = this.#record;
    const heading = continuationHead(tableOf(this.#record, 0).job, index + 1);
    const isIt: Parameters<typeof sayOnce>[0]['isIt'] = ({ author, body }) => author.isBot && body.startsWith(heading);
    const before = this.#continuation(index)?.said;
    const said = await sayOnce({ repository, pullRequest, body, isIt }, before, this.#tools.github, (now) =>
      this.#change((record) => withSaid(record, index, now)),
    );
    if (said.kind !== 'posted') return 'gone';
    // One that was found may be of an earlier attempt, with fewer rows.
    return before?.kind === 'posting' ? await this.#tools.github.updateComment(repository, said.id, body) : 'done';
  }

  #continuation(index: number): Continuation | undefined {
    return this.#record.continuations?.[index - 1];
  }

  async #change(change: (record: JobRecord) => JobRecord): Promise<void> {
    this.#record = await this.#tools.jobs.change(this.#job, this.#tools.github, change);
  }
}

/** The first so many rows: others may be added meanwhile. */
function tableOf({ comment, rows, continuations = [], submission }: JobRecord, rowCount: number): Table {
  if (comment.kind !== 'posted') throw new Error('a job without a comment has no table');
  return {
    head: comment.head,
    rows: rows.slice(0, rowCount),
    continuedFrom: continuations.map(({ from }) => from),
    job: { id: submission.kind === 'submitted' ? submission.id : '?', comment },
  };
}

function withSaid(record: JobRecord, index: number, said: Said): JobRecord {
  const continuations = (record.continuations ?? []).map((each, at) => (at === index - 1 ? { ...each, said } : each));
  return { ...record, continuations };
}

async function setAside(job: Followed['job'], why: string, tools: Tools): Promise<JobRecord> {
  tools.log.warn({ job: job.id, why }, 'the comment of a job is given up: its rows are recorded only');
  return await tools.jobs.change(job, tools.github, ({ sending: _, ...now }) => ({
    ...now,
    comment: { kind: 'silent', why },
  }));
}
