import { fullName } from '../../jobs/forge-names.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import type { Order } from '../../jobs/orders.ts';
import { pagesOf } from '../../outside/pages-of.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { Settings } from '../../settings/settings.ts';

/** How an artefact came to be: the predicate of an in-toto statement. Source: slsa.dev, "Provenance", v1. */
export type Provenance = ReturnType<typeof provenanceOf>;

interface BuiltArtefact {
  readonly id: JobId;
  /** The commit it was built from; absent if not recorded. */
  readonly commit?: string;
  /** Empty: not known. */
  readonly repositoryId: string;
}

/** Names the form of the parameters; docs/attestations.md describes it. */
const buildType = 'urn:build-test-deploy-bot:slurm-job:v1';

/**
 * The provenance of an artefact that `order` deploys, from the bot's own records: a job cannot choose any of it. `record`: the job's;
 * undefined if another bot submitted it.
 */
export function provenanceOf(
  { id, commit, repositoryId }: BuiltArtefact,
  record: Pick<JobRecord, 'orderedBy' | 'target' | 'submission' | 'nodes'> | undefined,
  order: Order,
  settings: Pick<Settings, 'appName' | 'github'>,
) {
  const repository = fullName(order.repository);
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
      builder: { id: pages.ofBot(settings.appName) },
      metadata: {
        invocationId: submitted?.cluster ? `slurm:${submitted.cluster}:${id}` : `slurm:${id}`,
        ...known({ startedOn: submitted?.at }),
      },
    },
  };
}

const known = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
