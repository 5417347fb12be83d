import { expect, it } from 'vitest';
import { dialects } from '../settings/dialects.ts';
import type { NodeType } from '../settings/settings.ts';
import { configTable } from './config-table.ts';

const nodeTypes: readonly NodeType[] = [
  { name: 'cpu_zen2', os: 'linux', cpuSubdir: 'x86_64/amd/zen2', slurmParams: [], repositories: ['a', 'b'] },
  {
    name: 'gpu',
    os: 'linux',
    cpuSubdir: 'x86_64/amd/zen3',
    accelerator: 'nvidia/cc80',
    slurmParams: [],
    repositories: ['a'],
  },
];

it('shows the node types of generation 9', () => {
  expect(configTable('bot-a', nodeTypes, dialects['9'])).toBe(`Instance \`bot-a\` is configured to build on:
- Node type \`cpu_zen2\`:
  - OS: \`linux\`
  - CPU architecture: \`x86_64/amd/zen2\`
  - Repositories: \`['a', 'b']\`

- Node type \`gpu\`:
  - OS: \`linux\`
  - CPU architecture: \`x86_64/amd/zen3\`
  - Repositories: \`['a']\`
  - Accelerators: \`nvidia/cc80\`
`);
});

it('shows the architectures of earlier generations', () => {
  expect(configTable('bot-a', nodeTypes, dialects['6'])).toBe(`Instance \`bot-a\` is configured to build for:
- architectures: \`x86_64/amd/zen2\`, \`x86_64/amd/zen3\`
- repositories: \`a\`, \`b\``);
  expect(configTable('bot-a', [], dialects['7-8'])).toBe(`Instance \`bot-a\` is configured to build for:
- architectures: none
- repositories: none`);
});

it.each(['6', '9'] as const)(
  'says how many it leaves out where there is no room for all, generation %s',
  (generation) => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({
      name: `node_${index}`,
      os: 'linux',
      slurmParams: [],
      cpuSubdir: `x86_64/site/node_${index}`,
      repositories: [`repository-of-node-${index}`],
    }));
    const comment = configTable('bot-a', many, dialects[generation]);
    expect(comment.length).toBeLessThanOrEqual(65_536);
    expect(comment).toMatch(/… and \d+ more/);
    expect(comment).not.toMatch(/…$/);
  },
);
