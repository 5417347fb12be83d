/** The arguments of sinfo whose output {@link proposeNodeTypes} reads: a line per partition and kind of node. */
export const sinfoArguments = ['--noheader', '--format=%R|%c|%f|%G|%a'] as const;

/** An entry of node_type_map. */
export interface ProposedNodeType {
  readonly os: 'linux';
  readonly cpu_subdir: string;
  readonly slurm_params: string;
  readonly repo_targets: readonly string[];
  readonly accel?: string;
}

/** EESSI's names of CPUs, by the features that sites give to nodes. */
const cpus: readonly (readonly [RegExp, string])[] = [
  [/\bzen_?5|turin/i, 'x86_64/amd/zen5'],
  [/\bzen_?4|genoa|bergamo/i, 'x86_64/amd/zen4'],
  [/\bzen_?3|milan/i, 'x86_64/amd/zen3'],
  [/\bzen_?2|rome\b/i, 'x86_64/amd/zen2'],
  [/sapphire_?rapids|\bspr\b/i, 'x86_64/intel/sapphirerapids'],
  [/ice_?lake|\bicx\b/i, 'x86_64/intel/icelake'],
  [/cascade_?lake|\bclx?\b/i, 'x86_64/intel/cascadelake'],
  [/sky_?lake|\bskx?\b/i, 'x86_64/intel/skylake_avx512'],
  [/haswell|\bhsw\b|broadwell|\bbdw\b/i, 'x86_64/intel/haswell'],
  [/grace|neoverse_?v2/i, 'aarch64/nvidia/grace'],
  [/neoverse_?v1|graviton3/i, 'aarch64/neoverse_v1'],
  [/neoverse_?n1|altra|graviton2/i, 'aarch64/neoverse_n1'],
  [/a64fx/i, 'aarch64/a64fx'],
];

/** Accelerators by the type of a GRES, `gpu:a100:4`. */
const accelerators: readonly (readonly [RegExp, string])[] = [
  [/v100/i, 'nvidia/cc70'],
  [/\bt4\b|rtx_?[26]000|rtx_?20/i, 'nvidia/cc75'],
  [/a100|a30\b/i, 'nvidia/cc80'],
  [/a40|a10\b|rtx_?30|a6000/i, 'nvidia/cc86'],
  [/l40|l4\b|rtx_?40/i, 'nvidia/cc89'],
  [/h100|h200|gh200/i, 'nvidia/cc90'],
  [/b200|b100/i, 'nvidia/cc100'],
];

/**
 * A node type for each partition that is up and kind of node in it, from the output of sinfo. `doubts`: what was guessed, a sentence each.
 * `machine`: as `uname -m` names this one, for nodes whose features do not tell their CPU.
 */
export function proposeNodeTypes(
  output: string,
  machine: string,
  repositories: readonly string[],
): { readonly nodeTypes: Readonly<Record<string, ProposedNodeType>>; readonly doubts: readonly string[] } {
  const nodeTypes: Record<string, ProposedNodeType> = {};
  const doubts: string[] = [];
  for (const line of output.split('\n')) {
    const [partition = '', cpusOfNode = '', features = '', gres = '', state = ''] = line.trim().split('|');
    if (!/^[\w.-]+$/.test(partition) || state !== 'up') continue;
    const cpu = cpus.find(([pattern]) => pattern.test(`${features} ${partition}`))?.[1];
    const gpu = gpuIn(gres);
    const name = [partition, ...(gpu === undefined ? [] : [gpu.type || 'gpu'])].join('_').replaceAll(/\W/g, '_');
    if (nodeTypes[name] !== undefined) {
      if (nodeTypes[name].cpu_subdir !== (cpu ?? `${machine}/generic`))
        doubts.push(`partition ${partition} has nodes of different kinds: give each kind an entry, with --constraint`);
      continue;
    }
    if (cpu === undefined)
      doubts.push(
        `which CPU the nodes of partition ${partition} have is not told by Slurm (features: ${features}): it is written as ${machine}/generic`,
      );
    const accel = gpu && accelerators.find(([pattern]) => pattern.test(gpu.type))?.[1];
    if (gpu !== undefined && accel === undefined)
      doubts.push(
        `which accelerator ${gres} of partition ${partition} is is not known: write accel, nvidia/cc80 for instance`,
      );
    nodeTypes[name] = {
      os: 'linux',
      cpu_subdir: cpu ?? `${machine}/generic`,
      slurm_params: parametersOf(partition, cpusOfNode, gpu),
      repo_targets: repositories,
      ...(accel !== undefined && { accel }),
    };
  }
  return { nodeTypes, doubts };
}

interface Gpu {
  /** Empty: Slurm does not tell. */
  readonly type: string;
}

/** `gpu:a100:4(S:0-1)`, `gpu:4`, `(null)` */
function gpuIn(gres: string): Gpu | undefined {
  const [, first] = /(?:^|,)gpu:([^:(,]+)/.exec(gres) ?? [];
  if (first === undefined) return undefined;
  return { type: /^\d+$/.test(first) ? '' : first };
}

/** `cpus`: of a node; `128+` where they differ. */
function parametersOf(partition: string, cpus: string, gpu: Gpu | undefined): string {
  const tasks = Math.min(16, Number.parseInt(cpus, 10) || 1);
  const gpus = gpu === undefined ? [] : [gpu.type === '' ? '--gpus=1' : `--gpus=${gpu.type}:1`];
  return [`--partition=${partition}`, '--nodes=1', `--ntasks-per-node=${tasks}`, ...gpus].join(' ');
}
