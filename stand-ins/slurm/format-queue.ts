import { userInfo } from 'node:os';
import { shortDuration } from './durations.ts';
import type { Job } from './job.ts';

interface Field {
  readonly title: string;
  readonly of: (job: Job, now: number) => string;
  /** Never cut, whatever the width. */
  readonly whole?: true;
}

const letters: Readonly<Record<string, string>> = {
  PENDING: 'PD',
  RUNNING: 'R',
  COMPLETING: 'CG',
  COMPLETED: 'CD',
  FAILED: 'F',
  TIMEOUT: 'TO',
  CANCELLED: 'CA',
};
const seconds = (job: Job, now: number) => (job.started === undefined ? 0 : ((job.ended ?? now) - job.started) / 1000);
const node = (job: Job) => (job.started === undefined ? '' : 'n1');

/** `STATUS:SIGNAL` as wait(2) gives it. */
function waitStatus(exitCode: string): number {
  const [status = 0, signal = 0] = exitCode.split(':').map(Number);
  return status * 256 + signal;
}

const fields = {
  id: { title: 'JOBID', of: (job) => job.id },
  cluster: { title: 'CLUSTER', of: () => 'bot' },
  partition: { title: 'PARTITION', of: (job) => job.partition },
  name: { title: 'NAME', of: (job) => job.name },
  user: { title: 'USER', of: () => userInfo().username },
  state: { title: 'STATE', of: (job) => job.state },
  letters: { title: 'ST', of: (job) => letters[job.state] ?? '' },
  reason: { title: 'REASON', of: (job) => job.reason },
  time: { title: 'TIME', of: (job, now) => shortDuration(seconds(job, now)), whole: true },
  limit: {
    title: 'TIME_LIMIT',
    of: (job) => (job.timeLimitMinutes === undefined ? 'UNLIMITED' : shortDuration(job.timeLimitMinutes * 60)),
    whole: true,
  },
  nodes: { title: 'NODES', of: () => '1' },
  where: {
    title: 'NODELIST(REASON)',
    of: (job) =>
      job.started === undefined || ['FAILED', 'TIMEOUT'].includes(job.state) ? `(${job.reason})` : node(job),
  },
  batch: { title: 'BATCH_FLAG', of: () => '1' },
  exitCode: { title: 'EXIT_CODE', of: (job) => String(waitStatus(job.exitCode)) },
  workDir: { title: 'WORK_DIR', of: (job) => job.workDir },
} satisfies Record<string, Field>;

const longNames: Readonly<Record<string, Field>> = {
  jobid: fields.id,
  cluster: fields.cluster,
  partition: fields.partition,
  state: fields.state,
  reason: fields.reason,
  batchflag: fields.batch,
  exit_code: fields.exitCode,
  workdir: fields.workDir,
  name: fields.name,
  username: fields.user,
  timeused: fields.time,
};
const percentNames: Readonly<Record<string, Field>> = {
  A: fields.id,
  i: fields.id,
  P: fields.partition,
  j: fields.name,
  u: fields.user,
  t: fields.letters,
  T: fields.state,
  M: fields.time,
  l: fields.limit,
  D: fields.nodes,
  R: fields.where,
  r: fields.reason,
  Z: fields.workDir,
};

/** What squeue shows without a format, and with `--long`. */
export const defaultFormat = '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R';
export const longFormat = '%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R';

export interface Column {
  readonly before: string;
  readonly field: Field;
  readonly width: number;
  readonly right: boolean;
  readonly after: string;
}

/** `JobId:100@,WorkDir:0`: width 20 where none is given, 0 for as wide as it is. Unknown names are told. */
export function parseLongFormat(text: string): { columns: Column[]; unknown: string[] } {
  const columns: Column[] = [];
  const unknown: string[] = [];
  for (const word of text.split(',')) {
    const [, name = '', dot, width, after = ''] = /^(\w+)(?::(\.?)(\d*)(.*))?$/s.exec(word) ?? [word, word];
    const field = longNames[name.toLowerCase()];
    if (field === undefined) unknown.push(name);
    else
      columns.push({ before: '', field, width: width === undefined ? 20 : Number(width), right: dot === '.', after });
  }
  return { columns, unknown };
}

/** `%.18i|%T`. */
export function parsePercentFormat(text: string): Column[] {
  return [...text.matchAll(/([^%]*)%(\.?)(\d*)([A-Za-z])/g)].flatMap(([, before = '', dot, width, letter = '']) => {
    const field = percentNames[letter];
    return field === undefined ? [] : [{ before, field, width: Number(width), right: dot === '.', after: '' }];
  });
}

/** One line of squeue; without a job: the headings. */
export function queueLine(columns: readonly Column[], now: number, job?: Job): string {
  return columns
    .map(({ before, field, width, right, after }) => {
      const text = job === undefined ? field.title : field.of(job, now);
      const cut = width === 0 || (job !== undefined && field.whole) ? text : text.slice(0, width);
      return before + (right ? cut.padStart(width) : cut.padEnd(width)) + after;
    })
    .join('');
}

/** squeue's order: partition, state, then priority; held jobs have none and come newest first. */
export function inQueueOrder(jobs: readonly Job[]): Job[] {
  const rank = (job: Job) => (job.held ? 2e9 - Number(job.id) : Number(job.id));
  return [...jobs].sort(
    (one, other) =>
      one.partition.localeCompare(other.partition) || one.state.localeCompare(other.state) || rank(one) - rank(other),
  );
}
