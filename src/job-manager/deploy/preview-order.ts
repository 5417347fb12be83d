import { join } from 'node:path';
import { z } from 'zod';
import { fullName } from '../../jobs/forge-names.ts';
import { readKnownHead } from '../../jobs/known-pull-request.ts';
import { type LedgerEntry, readLedger } from '../../jobs/ledger.ts';
import type { OpenOrder } from '../../jobs/orders.ts';
import {
  artefactShape,
  type Preview,
  previewKind,
  readPreview,
  type ShownArtefact,
  writePreview,
} from '../../jobs/previews.ts';
import { readTest } from '../../jobs/results.ts';
import { escapeMarkdown } from '../../messages/escape-markdown.ts';
import { maySay } from '../../messages/least-chat-level.ts';
import { ownText } from '../../messages/markdown.ts';
import { previewComment, type ToldArtefact } from '../../messages/preview.ts';
import { versionThere } from '../../outside/files/open-untrusted.ts';
import { list, text } from '../../outside/files/shapes.ts';
import { saidShape, sayOnce } from '../../outside/forge/say-once.ts';
import { mayDeploy } from '../../permissions.ts';
import { readProgress, writeProgress } from '../orders/order-progress.ts';
import type { OrderKind, OrderTools } from '../tools.ts';
import { deployment } from './deploy-order.ts';
import { gatherDeploymentFacts } from './gather-deployment-facts.ts';
import { inspectArtefact } from './inspect-artefact.ts';
import { placeOfArtefact } from './place-of-artefact.ts';
import { type Previewed, planPreview } from './plan-preview.ts';
import { type JobOnDisk, readRecordOf } from './read-jobs-to-deploy.ts';

const progressShape = z.object({
  /** Artefacts read so far: a large one is not read twice. */
  read: list(artefactShape),
  /** The comment; absent: not all artefacts are read yet. */
  body: text.transform(ownText).exactOptional(),
  said: saidShape.exactOptional(),
});
type Progress = z.infer<typeof progressShape>;

/** Waits for earlier deployments: what they upload is not new any more. */
export const preview: OrderKind = {
  carryOut: previewOrder,
  ...(deployment.prepare && { prepare: deployment.prepare }),
  waitsFor: {
    kinds: ['deploy', previewKind],
    words: 'an earlier deployment of its pull request, or an earlier look at one',
  },
};

/**
 * Posts what a deployment would do, artefact by artefact, and keeps the preview: the next deployment is bound to it. All artefacts to upload are
 * read for their digests, however large: only the orders of this pull request wait.
 */
async function previewOrder(open: OpenOrder, tools: OrderTools): Promise<'done'> {
  const { settings, forge, log } = tools;
  const { order } = open;
  const { repository, pullRequest } = order;
  if (!maySay('explain', settings.control.chatLevel)) return 'done';
  let progress = (await readProgress(open, progressShape)) ?? { read: [] };
  const keep = async (change: Partial<Progress>) => {
    progress = { ...progress, ...change };
    await writeProgress(open, progress);
  };
  if (progress.body === undefined) {
    const { body, shown } = await look(open, progress.read, tools, (read) => keep({ read }));
    await keep({ body, read: shown });
  }
  const { body, said, read } = progress;
  if (body === undefined) throw new Error('the comment was not kept');
  // Write the preview, then post the comment: a label set after the comment finds it.
  await writePreview(settings.stateDir, order, await merged(open, read, settings.stateDir));
  const now = await sayOnce({ repository, pullRequest, body }, said, forge, (each) => keep({ said: each }));
  log.info({ said: now.kind, artefacts: read.length }, 'posted what a deployment would do');
  return 'done';
}

/** What an earlier look showed stays bound to its digest, whether this one shows it or not. */
async function merged({ order }: OpenOrder, shown: readonly ShownArtefact[], stateDir: string): Promise<Preview> {
  const before = await readPreview(stateDir, order).catch(() => undefined);
  const isLookedAt = (each: ShownArtefact) => order.jobs === undefined || order.jobs.includes(each.job);
  const isShown = (each: ShownArtefact) =>
    shown.some(({ job, artefact }) => job === each.job && artefact === each.artefact);
  const earlier = (before?.artefacts ?? [])
    .filter((each) => !isShown(each))
    .map((each): ShownArtefact => (isLookedAt(each) ? { ...each, isOvertaken: true } : each));
  return { ...before, ...(order.jobs === undefined && { wholeAt: order.at }), artefacts: [...earlier, ...shown] };
}

/** Plans as the deployment does, and reads the artefacts to upload. */
async function look(
  { order }: OpenOrder,
  readBefore: readonly ShownArtefact[],
  tools: OrderTools,
  keep: (read: readonly ShownArtefact[]) => Promise<void>,
) {
  const { settings } = tools;
  const { policy, staleArtefacts: stale, permission } = settings.deploy;
  const at = tools.now();
  const ledger = await readLedger(settings.stateDir);
  const head = await readKnownHead(settings.stateDir, order);
  const facts = await gatherDeploymentFacts(order, head, ledger.entries, settings);
  const planned = planPreview(facts).filter(({ job }) => order.jobs === undefined || order.jobs.includes(job.id));
  const known = [
    ...readBefore,
    ...((await readPreview(settings.stateDir, order).catch(() => undefined))?.artefacts ?? []),
  ];
  const shown: ShownArtefact[] = [];
  const rows: ToldArtefact[] = [];
  for (const each of planned) {
    const read = each.whyNot === undefined ? await readArtefact(each, order, known, at, tools) : undefined;
    if (read !== undefined && 'sha256' in read) shown.push(read);
    if (read !== undefined && 'sha256' in read && !known.includes(read)) await keep(shown);
    rows.push(await rowOf(each, read, ledger.entries));
  }
  const body = previewComment({
    ...{ appName: settings.appName, at, policy, stale, rows },
    ...{ typed: order.typed ?? 'explain deploy', isFiltered: order.jobs !== undefined },
    asker: { login: order.by, mayDeploy: mayDeploy({ login: order.by }, settings) },
    deployers: permission.map((entry) => entry.replace(/:.*$/, '')),
    ...(head !== undefined && { head }),
  });
  return { body, shown };
}

type Read = (ShownArtefact & { readonly to: string }) | { readonly why: string };

/** Reads an artefact's digest, unless it is known and the file is unchanged. */
async function readArtefact(
  { job, artefact = '' }: Previewed<JobOnDisk>,
  order: OpenOrder['order'],
  known: readonly ShownArtefact[],
  at: Date,
  tools: OrderTools,
): Promise<Read> {
  const place = placeOfArtefact(artefact, job.repositoryId ?? '', order, tools.settings.deploy);
  if ('reason' in place) return { why: place.reason };
  const file = join(job.directory, artefact);
  const shownAt = at.toISOString();
  const same = known.find((each) => each.job === job.id && each.artefact === artefact);
  if (same !== undefined && (await versionThere(file)) === same.version) {
    const { isOvertaken: _, ...seen } = same;
    return { ...seen, shownAt, to: place.to };
  }
  tools.tell?.(`reads ${artefact} of job ${job.id} since ${tools.now().toISOString()}`);
  const inspection = await inspectArtefact(file);
  if (inspection.kind === 'unusable') return { why: `it ${inspection.why}` };
  const { sha256, size, version } = inspection;
  return { job: job.id, artefact, sha256, size, version, shownAt, to: place.to };
}

async function rowOf(
  { job, artefact, whyNot }: Previewed<JobOnDisk>,
  read: Read | undefined,
  ledger: readonly LedgerEntry[],
): Promise<ToldArtefact> {
  const record = await readRecordOf(job);
  const url = record?.comment.kind === 'posted' ? record.comment.url : undefined;
  // The ledger has the digests of uploaded artefacts: they are not read again.
  const uploaded = ledger.findLast(
    (each) =>
      each.job === job.id &&
      each.artefact === artefact &&
      each.outcome === 'uploaded' &&
      each.repository.toLowerCase() === fullName(job.repository).toLowerCase(),
  );
  const isRead = read !== undefined && 'sha256' in read;
  const facts = isRead ? read : uploaded;
  const { status: tests } = await readTest(job.directory, job.id);
  const why = read !== undefined && 'why' in read ? escapeMarkdown(read.why) : whyNot;
  return {
    job: job.id,
    isUploaded: why === undefined,
    ...(url !== undefined && { url }),
    ...(artefact !== undefined && { artefact }),
    ...(facts?.size !== undefined && { size: facts.size }),
    ...(facts?.sha256 !== undefined && { sha256: facts.sha256 }),
    ...(job.recorded?.commit !== undefined && { commit: job.recorded.commit }),
    ...(read !== undefined && 'to' in read && { to: read.to }),
    ...(why !== undefined && { why }),
    ...(tests !== undefined && tests !== 'SUCCESS' && { tests }),
    ...(uploaded && {
      uploadedBefore: { at: new Date(uploaded.at), ...(isRead && { isSameFile: uploaded.sha256 === read.sha256 }) },
    }),
  };
}
