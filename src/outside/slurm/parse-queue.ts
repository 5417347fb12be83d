import { hasEnded } from './job-state.ts';
import type { PrintedEntry } from './printed-reading.ts';
import { quoted, splitRecords } from './records.ts';
import type { JobId, UnreadEntry } from './slurm.ts';

/** An entry of the queue; without `workDir` if squeue's is doubtful: then scontrol is asked. */
export type ParsedEntry = Omit<PrintedEntry, 'workDir'> & { readonly workDir?: string };

type ParsedQueue =
  | { readonly kind: 'queue'; readonly entries: readonly ParsedEntry[]; readonly unread: readonly UnreadEntry[] }
  | { readonly kind: 'unreadable'; readonly why: string };

// Width 0 prints a field whole, other widths pad or cut. The owner chooses only the directory.
const fields = ['JobId:100', 'Cluster:100', 'Partition:100', 'State:100', 'Reason:100', 'BatchFlag:20', 'exit_code:20'];

/** The `--Format` that {@link parseQueue} reads. Slurm prints the text behind a width after the field, since 20.11 at the latest. */
export const queueFormat = (border: string) => [...fields, 'WorkDir:0'].map((field) => field + border).join(',');

const jobId = /^(\d+)([_+]\S*)? *$/;
/** squeue prints it above each cluster's jobs when `--clusters` names several. */
const heading = /^CLUSTER: (\S+)\n/gm;

/** Parses squeue's output. A job whose fields do not fit is `unread`. Other or truncated text may hide a job: all is `unreadable`. */
export function parseQueue(text: string, border: string): ParsedQueue {
  const split = splitRecords('squeue', text, border, fields.length + 1);
  if (split.kind === 'unreadable') return split;
  const entries: PrintedEntry[] = [];
  const unread: UnreadEntry[] = [];
  let cluster = '';
  for (const { before, fields } of split.records) {
    const [, id, part] = jobId.exec(fields[0] ?? '') ?? [];
    if (id === undefined || !isHeadings(before)) return noJob(before + fields.join('@'), border);
    cluster = [...before.matchAll(heading)].at(-1)?.[1] ?? cluster;
    const trimmed = fields.map((field) => field.trim());
    // Interactive jobs; tasks of arrays and parts of heterogeneous jobs, if squeue prints their ids so: none is ours.
    if (trimmed[5] === '0' || part !== undefined) continue;
    const read = entry(id as JobId, trimmed, fields[7] ?? '', cluster);
    if (read === undefined)
      unread.push({ id: id as JobId, why: `squeue printed of it: ${quoted(fields.join('@'), border)}` });
    else entries.push(read);
  }
  if (!isHeadings(split.after)) return noJob(split.after, border);
  return { kind: 'queue', entries: withoutDoubtful(entries), unread };
}

const isHeadings = (printed: string) => printed.replaceAll(heading, '').trim() === '';

function noJob(printed: string, border: string): ParsedQueue {
  const line = printed.split('\n').find((each) => each !== '') ?? '';
  return { kind: 'unreadable', why: `squeue printed a line that is no job: ${quoted(line, border)}` };
}

function entry(id: JobId, trimmed: readonly string[], workDir: string, headed: string): PrintedEntry | undefined {
  const [, cluster = '', partition = '', state = '', reason = '', batch = '', exit = ''] = trimmed;
  if (!/^([A-Z_]+|\?)$/.test(state) || batch !== '1') return undefined;
  return {
    id,
    cluster: known(cluster) || headed,
    partition: known(partition),
    state,
    reason: known(reason),
    ...(hasEnded({ state }) ? exitCode(exit) : {}),
    workDir,
  };
}

/** As scontrol and sacct print it, and squeue since 23.02; older ones print wait(2)'s number. */
function exitCode(printed: string): Pick<PrintedEntry, 'exitCode'> {
  if (/^\d+:\d+$/.test(printed)) return { exitCode: printed };
  if (!/^\d+$/.test(printed)) return {};
  const waitStatus = Number(printed);
  return { exitCode: `${(waitStatus >> 8) & 0xff}:${waitStatus & 0x7f}` };
}

const known = (field: string) => (field === '(null)' || field === 'N/A' ? '' : field);

/** 20 is squeue's default width: one that does not know width 0 pads or cuts there. Any directory of another length disproves that. */
function withoutDoubtful(entries: readonly PrintedEntry[]): readonly ParsedEntry[] {
  const knowsWidth0 = entries.some(({ workDir }) => Buffer.byteLength(workDir) !== 20);
  const isWhole = (workDir: string) => workDir.startsWith('/') && knowsWidth0;
  return entries.map(({ workDir, ...entry }) => (isWhole(workDir) ? { ...entry, workDir } : entry));
}
