import { posix } from 'node:path';
import type { SimulatedJob } from './slurm.ts';
import { world } from './world.ts';

// What a job writes over the files in its directory that the bot reads: of no shape, or such as the bot could have written.

type Fields = Record<string, unknown>;

/** The job's own directory, and those of all others. */
interface Job {
  readonly id: string;
  readonly directory: string;
  readonly others: readonly Pick<SimulatedJob, 'id' | 'directory'>[];
  readonly hasEnded: boolean;
  /** Its record when it began to run. */
  readonly recordBefore: string | undefined;
}

const recordOf = (directory: string) => `${directory}/_bot_job.json`;
const metadataOf = ({ id, directory }: Pick<Job, 'id' | 'directory'>) => `${directory}/_bot_job${id}.metadata`;
const write = (path: string, text: string | undefined) => text !== undefined && world().files.writeThrough(path, text);
/** A link to nothing, too. */
const remove = (path: string) =>
  world().files.list(posix.dirname(path)).includes(posix.basename(path)) && world().files.unlink(path);

/** Writes the record anew, from what stands there. */
const record = (forged: (record: Fields, job: Job) => unknown) => (job: Job) => {
  const path = recordOf(job.directory);
  const fields = parse(world().files.text(path));
  if (fields !== undefined) write(path, JSON.stringify(forged(fields, job)));
};
const recordText = (text: string) => (job: Job) => write(recordOf(job.directory), text);
const commentOf = (record: Fields) => Object(record['comment']) as Fields;
const withComment = (change: (record: Fields, job: Job) => Fields) =>
  record((fields, job) => ({ ...fields, comment: { ...commentOf(fields), ...change(fields, job) } }));
const ofOther = ({ others: [other] }: Job) => other && parse(world().files.text(recordOf(other.directory)));

const forgeries = {
  'no record': recordText('null'),
  'a record of wrong types': recordText('{"version":1,"repository":7,"rows":{},"comment":[],"submission":"submitted"}'),
  'half a record': recordText('{"version": 1, "rows": ['),
  'a deep record': recordText(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  'an empty record': recordText(''),
  'a time that is no text': record((fields) => ({
    ...fields,
    asked: { times: 1, at: { toString: 1, valueOf: 1 }, timesUnknown: 0 },
  })),
  'a comment without a head': record((fields) => ({
    ...fields,
    comment: { kind: 'posted', id: commentOf(fields)['id'] },
  })),
  'a repository that is a path': record((fields) => ({ ...fields, repository: { owner: '..', name: '../..' } })),
  'the comment of another job': withComment((_, job) => ({ id: commentOf(ofOther(job) ?? {})['id'] ?? 1 })),
  'a comment that somebody typed': withComment((fields) => ({ id: Number(commentOf(fields)['id']) - 1 })),
  'another pull request': record((fields) => ({ ...fields, pullRequest: 3 - Number(fields['pullRequest']) })),
  'no comment yet': record((fields) => ({ ...fields, comment: { kind: 'none' }, rowsSent: 0 })),
  'an end that has not come': record((fields) => ({ ...fields, phase: 'finished' })),
  'further comments': record((fields) => ({ ...fields, continuations: [{ from: 0 }], rowsSent: 0 })),
  "another job's record": (job: Job) => {
    const [other] = job.others;
    if (other !== undefined) write(recordOf(job.directory), world().files.text(recordOf(other.directory)));
  },
  "a link to another job's record": (job: Job) => {
    const [other] = job.others;
    if (other === undefined) return;
    remove(recordOf(job.directory));
    world().files.symlink(recordOf(other.directory), recordOf(job.directory));
  },
  'its own record of before': (job: Job) => write(recordOf(job.directory), job.recordBefore),
  "no record any more, and another job's metadata": (job: Job) => {
    const [other] = job.others;
    if (other === undefined) return;
    remove(recordOf(job.directory));
    write(metadataOf(job), world().files.text(metadataOf(other)));
  },
  'no file of the bot any more': (job: Job) => {
    remove(recordOf(job.directory));
    remove(metadataOf(job));
  },
  "a link to another job's result": (job: Job) => {
    const [other] = job.others;
    const path = `${job.directory}/_bot_job${job.id}.result`;
    if (other === undefined || !job.hasEnded) return; // what it leaves would go through the link
    remove(path);
    world().files.symlink(`${other.directory}/_bot_job${other.id}.result`, path);
  },
  'that it has come to its end': ({ directory, id }: Job) => write(`${directory}/_bot_job${id}.end`, 'exit = 0\n'),
} satisfies Record<string, (job: Job) => unknown>;

/** How a job forges files in its directory. */
export type Forgery = 'none' | keyof typeof forgeries;

export const forgeryNames = Object.keys(forgeries) as Exclude<Forgery, 'none'>[];

/** Whether a job writes what the bot keeps. What becomes of it then is its own affair, what becomes of the others is not. */
export const isForger = ({ life }: Pick<SimulatedJob, 'life'>) => life.forges !== 'none';

/** The record of a job as it stands, before the job writes. */
export function keepRecord({ directory }: Pick<SimulatedJob, 'directory'>): string | undefined {
  return world().files.fromElsewhere(() => world().files.text(recordOf(directory)));
}

/** Does it, from the machine that the job runs on. Of its directory nothing is there any more after it was put into the trash bin. */
export function forge(job: SimulatedJob, all: readonly SimulatedJob[]): void {
  const { life, id, directory, endedAt, recordBefore } = job;
  if (life.forges === 'none') return;
  const others = all.filter((each) => each !== job).toReversed();
  const { files } = world();
  files.fromElsewhere(() => {
    if (!files.has(directory)) return;
    world().tell(() => `job ${id} forges ${life.forges}`);
    forgeries[life.forges as Exclude<Forgery, 'none'>]({
      ...{ id, directory, others, recordBefore },
      hasEnded: endedAt !== undefined,
    });
  });
}

function parse(text: string | undefined): Fields | undefined {
  try {
    return Object(JSON.parse(text ?? '')) as Fields;
  } catch {
    return undefined;
  }
}
