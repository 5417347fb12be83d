import type { JobId, QueueEntry } from './slurm.ts';

/** A line of the queue; without `workDir` where squeue's is doubtful: then scontrol has to be asked. */
export type ParsedEntry = Omit<QueueEntry, 'workDir'> & { readonly workDir?: string };

type ParsedQueue =
  | { readonly kind: 'queue'; readonly entries: readonly ParsedEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * The `--Format` that {@link parseQueue} reads. A field of width 0 is printed whole, others are padded or cut; WorkDir is last since it
 * alone may hold anything. The job's name, which may hold line ends, is never printed.
 */
export const queueFormat = 'JobId:100@,Cluster:100@,Partition:100@,State:100@,Reason:100@,BatchFlag:20@,WorkDir:0';

const line =
  /^(?<id>\d+)(?<part>[_+]\S*)? *@(?<cluster>[^@]*)@(?<partition>[^@]*)@(?<state>[A-Z_]+) *@(?<reason>[^@]*)@(?<batch>[01]) *@(?<workDir>.*)$/;
/** Printed above the jobs of each cluster when `--clusters` names several. */
const heading = /^CLUSTER: (?<cluster>\S+)$/;

/** Reads what squeue printed. One line that does not fit makes all of it unreadable: a job may be hidden in it. */
export function parseQueue(text: string): ParsedQueue {
  const entries: ParsedEntry[] = [];
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
  return { kind: 'queue', entries };
}

function entry(found: Readonly<Record<string, string>>, headed: string): ParsedEntry {
  const { id = '', cluster = '', partition = '', state = '', reason = '', workDir = '' } = found;
  return {
    id: id as JobId,
    cluster: known(cluster) || headed,
    partition: known(partition),
    state,
    reason: known(reason),
    ...(isWhole(workDir) ? { workDir } : {}),
  };
}

function known(field: string): string {
  const trimmed = field.trim();
  return trimmed === '(null)' || trimmed === 'N/A' ? '' : trimmed;
}

/** 20 is squeue's own width: a squeue that does not know width 0 would pad to it, or cut there. */
function isWhole(workDir: string): boolean {
  return workDir.startsWith('/') && !workDir.endsWith(' ') && workDir.length !== 20;
}
