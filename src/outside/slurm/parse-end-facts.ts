import type { EndFacts } from './job-state.ts';
import { splitRecords } from './records.ts';
import { isWorkDirOf, type JobId } from './slurm.ts';

// What Slurm's commands print about limits and use, for people: what cannot be read is left out.

/** The `--format` that {@link parseAccountedFacts} reads: a row for the job, and one for each step, since only steps have MaxRSS. */
export const accountedFormat = 'JobIDRaw,MaxRSS,ReqMem,AllocNodes,AllocCPUS,Timelimit,NodeList,WorkDir';

const duration = /^(?:\d+-)?\d+:\d\d(?::\d\d)?$/;
const nodeList = /^[A-Za-z0-9][\w.-]*(?:\[[\d,-]+\][\w.-]*)?(?:,[A-Za-z0-9][\w.,[\]-]*)?$/;

/** Parses `scontrol --oneliner show jobid ID`. Its owner chooses the name, which may look like a field: one that occurs twice is left out. */
export function parseShownFacts(text: string): EndFacts {
  const timeLimit = only(text, 'TimeLimit');
  const [nodes, failedNode] = [only(text, 'NodeList'), only(text, 'FailedNode')];
  const tres = only(text, 'AllocTRES') ?? only(text, 'ReqTRES') ?? only(text, 'TRES') ?? '';
  const memory = parseSize(/(?:^|,)mem=([^,]+)/.exec(tres)?.[1] ?? '');
  return facts({ timeLimit, nodes, failedNode, memory });
}

/** Parses sacct's rows of a job and its steps. The peak is the largest that a step was seen with. */
export function parseAccountedFacts(text: string, border: string, id: JobId, directory: string): EndFacts {
  const split = splitRecords('sacct', text, border, accountedFormat.split(',').length);
  if (split.kind === 'unreadable') return {};
  const rows = split.records.map(({ fields }) => fields.map((field) => field.trim()));
  const job = rows.find(([rowId, , , , , , , workDir = '']) => rowId === id && isItsOwn(directory, workDir));
  if (job === undefined) return {};
  const steps = rows.filter(([rowId = '']) => rowId.startsWith(`${id}.`));
  const peaks = steps.flatMap(([, maxRss = '']) => parseSize(maxRss) ?? []).filter((bytes) => bytes > 0);
  const [, , required = '', nodeCount = '', cpus = '', timeLimit, nodes] = job;
  const memory = parseRequired(required, Number(nodeCount) || 1, Number(cpus) || 1);
  return { ...facts({ timeLimit, nodes, memory }), ...(peaks.length > 0 && { peakBytes: Math.max(...peaks) }) };
}

const isItsOwn = (directory: string, workDir: string) => !workDir.startsWith('/') || isWorkDirOf(directory, workDir);

interface Printed {
  readonly timeLimit: string | undefined;
  readonly nodes: string | undefined;
  readonly failedNode?: string | undefined;
  readonly memory: number | undefined;
}

function facts({ timeLimit = '', nodes = '', failedNode = '', memory = 0 }: Printed): EndFacts {
  return {
    ...(duration.test(timeLimit) && { timeLimit }),
    ...(areNodes(nodes) && { nodes }),
    ...(areNodes(failedNode) && { failedNode }),
    ...(memory > 0 && { memoryBytes: memory }),
  };
}

/** A list that is longer is left out: cut, it would name others. */
const areNodes = (text: string) => text.length <= 200 && nodeList.test(text);

function only(text: string, key: string): string | undefined {
  const found = text.split(` ${key}=`);
  return found.length === 2 ? /^\S*/.exec(found[1] ?? '')?.[0] : undefined;
}

const units = ['', 'K', 'M', 'G', 'T', 'P'];

/** `4G`, `4087644K`, `1.50G`, or bytes. */
function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGTP]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * 1024 ** units.indexOf(unit));
}

/** Until 20.11 ReqMem ends with `n` (per node) or `c` (per CPU). */
function parseRequired(text: string, nodeCount: number, cpus: number): number | undefined {
  const [, size = '', per] = /^(\S+?)([nc]?)$/.exec(text) ?? [];
  const bytes = parseSize(size);
  return bytes === undefined ? undefined : bytes * (per === 'c' ? cpus : per === 'n' ? nodeCount : 1);
}
