import { expect, it } from 'vitest';
import type { Order } from '../../jobs/orders.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { provenanceOf } from './provenance.ts';

const [built, approved] = ['a'.repeat(40), 'b'.repeat(40)];
const order: Order = {
  version: 1,
  kind: 'deploy',
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  by: 'carol',
  delivery: 'd-1',
  at: '2026-03-10T12:00:00Z',
  head: approved,
};
const settings = { appName: 'My bot', github: { serverUrl: 'https://github.com' } as never };
const id = '42' as JobId;

it('tells what was built from what, for whom, where, and who had it deployed', () => {
  const record = {
    orderedBy: { login: 'alice', id: 5 },
    target: { repositoryId: 'R1', nodeType: 'gpu', architecture: 'x86_64/amd/zen4', accelerator: 'nvidia/cc80' },
    submission: { kind: 'submitted', id, cluster: 'snow', at: '2026-03-10T11:00:00.000Z' },
    nodes: 'n[1-2]',
  } as const;
  expect(provenanceOf({ id, commit: built, repositoryId: 'R1' }, record, order, settings)).toEqual({
    buildDefinition: {
      buildType: 'urn:build-test-deploy-bot:slurm-job:v1',
      externalParameters: {
        repository: 'https://github.com/O/R',
        pullRequest: 9,
        orderedBy: { login: 'alice', id: 5 },
        repositoryId: 'R1',
        architecture: 'x86_64/amd/zen4',
        accelerator: 'nvidia/cc80',
      },
      internalParameters: {
        nodeType: 'gpu',
        nodes: 'n[1-2]',
        deployment: { orderedBy: 'carol', delivery: 'd-1', approvedCommit: approved },
      },
      resolvedDependencies: [{ uri: 'git+https://github.com/O/R@refs/pull/9/head', digest: { gitCommit: built } }],
    },
    runDetails: {
      builder: { id: 'https://github.com/apps/My%20bot' },
      metadata: { invocationId: 'slurm:snow:42', startedOn: '2026-03-10T11:00:00.000Z' },
    },
  });
});

it('claims nothing that nobody noted', () => {
  const { head: _, ...old } = order;
  expect(provenanceOf({ id, repositoryId: '' }, undefined, old, settings)).toMatchObject({
    buildDefinition: {
      externalParameters: { repository: 'https://github.com/O/R', pullRequest: 9 },
      internalParameters: { deployment: { orderedBy: 'carol', delivery: 'd-1' } },
      resolvedDependencies: [],
    },
    runDetails: { metadata: { invocationId: 'slurm:42' } },
  });
});
