import { type JobId, type QueueEntry, terminalStates } from './slurm.ts';

/** A line of the queue; without `workDir` where squeue's is doubtful: then scontrol has to be asked. */
export type ParsedEntry = Omit<QueueEntry, 'workDir'> & { readonly workDir?: string };

type ParsedQueue =
  | { readonly kind: 'queue'; readonly entries: readonly ParsedEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * The `--Format` that {@link parseQueue} reads. A field of width 0 is printed whole, others are padded or cut; WorkDir is last since it
 * alone may hold anything. The job's name, which may hold line ends, is never printed.
 */
export const queueFormat =
  'JobId:100@,Cluster:100@,Partition:100@,State:100@,Reason:100@,BatchFlag:20@,exit_code:20@,WorkDir:0';

const line =
  /^(?<id>\d+)(?<part>[_+]\S*)? *@(?<cluster>[^@]*)@(?<partition>[^@]*)@(?<state>[A-Z_]+|\?) *@(?<reason>[^@]*)@(?<batch>[01]) *@(?<exit>[^@]*)@(?<workDir>.*)$/;
/** Printed above the jobs of each cluster when `--clusters` names several. */
const heading = /^CLUSTER: (?<cluster>\S+)$/;

/** Reads what squeue printed. One line that does not fit, or was cut off, makes all of it unreadable: a job may be hidden in it. */
export function parseQueue(text: string): ParsedQueue {
  if (text !== '' && !text.endsWith('\n'))
    return { kind: 'unreadable', why: `squeue's last line was cut off: ${JSON.stringify(text.slice(-200))}` };
  const entries: QueueEntry[] = [];
  let cluster = '';
  for (const row of text.split('\n')) {
    if (row === '') continue;
    const headed = heading.exec(row)?.groups?.cluster;
    if (headed !== undefined) {
      cluster = headed;
      continue;
    }
    const found = line.exec(row)?.groups;
    if (found === undefined)
      return { kind: 'unreadable', why: `squeue printed a line that is no job: ${JSON.stringify(row.slice(0, 200))}` };
    // Interactive jobs; tasks of arrays and parts of heterogeneous jobs, where squeue prints their ids so: none is ever ours.
    if (found.batch === '0' || found.part !== undefined) continue;
    entries.push(entry(found, cluster));
  }
  return { kind: 'queue', entries: withoutDoubtful(entries) };
}

function entry(found: Readonly<Record<string, string>>, headed: string): QueueEntry {
  const { id = '', cluster = '', partition = '', state = '', reason = '', exit = '', workDir = '' } = found;
  return {
    id: id as JobId,
    cluster: known(cluster) || headed,
    partition: known(partition),
    state,
    reason: known(reason),
    ...(terminalStates.has(state) ? exitCode(exit.trim()) : {}),
    workDir,
  };
}

/** As scontrol and sacct print it, and squeue since 23.02: before, it prints the number that wait(2) gives. */
function exitCode(printed: string): Pick<QueueEntry, 'exitCode'> {
  if (/^\d+:\d+$/.test(printed)) return { exitCode: printed };
  if (!/^\d+$/.test(printed)) return {};
  const waitStatus = Number(printed);
  return { exitCode: `${(waitStatus >> 8) & 0xff}:${waitStatus & 0x7f}` };
}

function known(field: string): string {
  const trimmed = field.trim();
  return trimmed === '(null)' || trimmed === 'N/A' ? '' : trimmed;
}

/** 20 is squeue's own width: a squeue that does not know width 0 would pad to it, or cut there. One longer directory shows that it does. */
function withoutDoubtful(entries: readonly QueueEntry[]): readonly ParsedEntry[] {
  const knowsWidth0 = entries.some(({ workDir }) => workDir.length > 20 && !workDir.endsWith(' '));
  const isWhole = (workDir: string) =>
    workDir.startsWith('/') && !workDir.endsWith(' ') && (workDir.length !== 20 || knowsWidth0);
  return entries.map(({ workDir, ...entry }) => (isWhole(workDir) ? { ...entry, workDir } : entry));
}
