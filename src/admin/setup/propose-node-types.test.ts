import { describe, expect, it } from 'vitest';
import { proposeNodeTypes } from './propose-node-types.ts';

// Lines of sinfo --format=%R|%c|%f|%G|%a as clusters print them.
const proposed = (lines: readonly string[]) => proposeNodeTypes(lines.join('\n'), 'x86_64', ['R1']);

describe('a node type for each partition', () => {
  it.each([
    {
      what: 'CPU and accelerator from features and GRES',
      line: 'gpu_a100|72|icelake,gpu_a100,ib|gpu:a100:4(S:0-1)|up',
      nodeTypes: {
        gpu_a100_a100: {
          os: 'linux',
          cpu_subdir: 'x86_64/intel/icelake',
          slurm_params: '--partition=gpu_a100 --nodes=1 --ntasks-per-node=16 --gpus=a100:1',
          repo_targets: ['R1'],
          accel: 'nvidia/cc80',
        },
      },
    },
    {
      what: 'a CPU by the name of the partition',
      line: 'zen4|192|(null)|(null)|up',
      nodeTypes: {
        zen4: {
          os: 'linux',
          cpu_subdir: 'x86_64/amd/zen4',
          slurm_params: '--partition=zen4 --nodes=1 --ntasks-per-node=16',
          repo_targets: ['R1'],
        },
      },
    },
    {
      what: 'small nodes, and counts that differ',
      line: 'rome|8+|rome|(null)|up',
      nodeTypes: {
        rome: {
          os: 'linux',
          cpu_subdir: 'x86_64/amd/zen2',
          slurm_params: '--partition=rome --nodes=1 --ntasks-per-node=8',
          repo_targets: ['R1'],
        },
      },
    },
    { what: 'none for a partition that is down', line: 'old|16|haswell|(null)|down', nodeTypes: {} },
    { what: 'none for what is no partition', line: 'sinfo: error: something', nodeTypes: {} },
  ])('$what', ({ line, nodeTypes }) => {
    expect(proposed([line])).toEqual({ nodeTypes, doubts: [] });
  });

  it.each([
    {
      what: 'a CPU that Slurm does not tell',
      lines: ['batch|64|(null)|(null)|up'],
      doubts: [
        'which CPU the nodes of partition batch have is not told by Slurm (features: (null)): it is written as x86_64/generic',
      ],
    },
    {
      what: 'an accelerator that is not known',
      lines: ['gpu|64|zen3|gpu:mi250:8|up'],
      doubts: ['which accelerator gpu:mi250:8 of partition gpu is is not known: write accel, nvidia/cc80 for instance'],
    },
    {
      what: 'a GPU without a type',
      lines: ['gpu|64|zen3|gpu:4|up'],
      doubts: ['which accelerator gpu:4 of partition gpu is is not known: write accel, nvidia/cc80 for instance'],
    },
    {
      what: 'a partition with two kinds of nodes',
      lines: ['all|64|zen3|(null)|up', 'all|96|zen4|(null)|up'],
      doubts: ['partition all has nodes of different kinds: give each kind an entry, with --constraint'],
    },
  ])('says what it does not know: $what', ({ lines, doubts }) => {
    expect(proposed(lines).doubts).toEqual(doubts);
  });
});
