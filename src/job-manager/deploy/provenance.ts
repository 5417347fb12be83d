import type { JobRecord } from '../../jobs/job-record.ts';
import type { Order } from '../../jobs/orders.ts';
import { pagesOf } from '../../outside/pages-of.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { Settings } from '../../settings/settings.ts';

/** How an artefact came to be: the predicate of an in-toto statement. Source: slsa.dev, "Provenance", v1. */
export type Provenance = ReturnType<typeof provenanceOf>;

interface BuiltArtefact {
  readonly id: JobId;
  /** That it was built from; absent where nobody noted it. */
  readonly commit?: string;
  /** Empty: nobody knows. */
  readonly repositoryId: string;
}

/** Names the form of the parameters: docs/attestations.md tells it. */
const buildType = 'urn:build-test-deploy-bot:slurm-job:v1';

/**
 * The provenance of an artefact that `order` deploys: what the bot itself noted; nothing of it is a job's to choose. `record`: of its job;
 * undefined where another bot submitted that.
 */
export function provenanceOf(
  { id, commit, repositoryId }: BuiltArtefact,
  record: Pick<JobRecord, 'orderedBy' | 'target' | 'submission' | 'nodes'> | undefined,
  order: Order,
  settings: Pick<Settings, 'github'>,
) {
  const repository = `${order.repository.owner}/${order.repository.name}`;
  const pages = pagesOf(settings);
  const uri = pages.changesOf(repository, order.pullRequest);
  const { orderedBy, target, submission, nodes } = record ?? {};
  const submitted = submission?.kind === 'submitted' ? submission : undefined;
  return {
    buildDefinition: {
      buildType,
      // What a person chose.
      externalParameters: {
        repository: pages.ofRepository(repository),
        pullRequest: order.pullRequest,
        ...(orderedBy && { orderedBy }),
        ...(repositoryId !== '' && { repositoryId }),
        ...known({ architecture: target?.architecture, accelerator: target?.accelerator }),
      },
      // What the site chose.
      internalParameters: {
        ...known({ nodeType: target?.nodeType, nodes }),
        deployment: { orderedBy: order.by, delivery: order.delivery, ...known({ approvedCommit: order.head }) },
      },
      resolvedDependencies: commit === undefined ? [] : [{ uri, digest: { gitCommit: commit } }],
    },
    runDetails: {
      builder: { id: pages.ofBot(settings.github.appName) },
      metadata: {
        invocationId: submitted?.cluster ? `slurm:${submitted.cluster}:${id}` : `slurm:${id}`,
        ...known({ startedOn: submitted?.at }),
      },
    },
  };
}

const known = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
