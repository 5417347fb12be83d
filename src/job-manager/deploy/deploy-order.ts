import { z } from 'zod';
import { fullName, pullRequestKey } from '../../jobs/forge-names.ts';
import type { Row } from '../../jobs/job-record.ts';
import { readKnownHead, readWithdrawal } from '../../jobs/known-pull-request.ts';
import { appendToLedger, type LedgerEntry, type LedgerReading, readLedger } from '../../jobs/ledger.ts';
import { importUploadedLists } from '../../jobs/of-another-bot/import-uploaded-lists.ts';
import type { OpenOrder } from '../../jobs/orders.ts';
import { previewKind, readPreview } from '../../jobs/previews.ts';
import { cutTo } from '../../messages/comment.ts';
import { notUploadedRow, passedOverRow, refusedRow, uploadedRow, withdrawnRow } from '../../messages/job-rows.ts';
import { ownText } from '../../messages/markdown.ts';
import { list, text, word } from '../../outside/files/shapes.ts';
import type { UploadPolicy } from '../../settings/settings.ts';
import { wordsOf } from '../../words-of.ts';
import { readProgress, writeProgress } from '../orders/order-progress.ts';
import type { OrderKind, OrderTools, Tools } from '../tools.ts';
import { addRow } from './add-row.ts';
import { bindToPreview, tellOvertaken } from './bind-to-preview.ts';
import { gatherDeploymentFacts } from './gather-deployment-facts.ts';
import { loosenPreview, unbindUploaded } from './loosen-preview.ts';
import { noteUploaded } from './note-uploaded.ts';
import { payloadOf, planUploads } from './plan-uploads.ts';
import { type PlannedArtefact, plannedArtefactShape } from './planned-artefact.ts';
import { runUploadScript } from './run-upload-script.ts';
import { whyPassedOver } from './why-passed-over.ts';

/** A job whose artefacts are not uploaded, and the reason for its comment. */
const passedOverShape = plannedArtefactShape.pick({ id: true, directory: true }).extend({
  reason: text.transform(ownText),
  /** Not posted if the job has a row of an artefact already. */
  isOld: z.literal(true).exactOptional(),
});

/** The order's progress, kept in its file. */
const progressShape = z.object({
  planned: list(plannedArtefactShape),
  plannedAt: word.exactOptional(),
  /** How many entries the ledger had when this was planned. */
  ledgerEntries: z.int().nonnegative().exactOptional(),
  passedOver: list(passedOverShape).exactOptional(),
  /** The head of the pull request when the label was set. */
  head: word.exactOptional(),
  /** The upload under way, or the last one. */
  uploading: word.exactOptional(),
});
type Progress = z.infer<typeof progressShape>;

/** Uploads from before there was a ledger must not be repeated. */
async function knowUploadsBefore(tools: Pick<Tools, 'settings' | 'log'>): Promise<void> {
  await importUploadedLists(tools).catch((cause: unknown) => {
    throw new Error(`could not find out what was uploaded before: ${wordsOf(cause)}`, { cause });
  });
}

/** Deployments go in order: uploads of an earlier one may not be recorded yet, and a later one would repeat them. */
export const deployment: OrderKind = {
  carryOut: deployOrder,
  prepare: knowUploadsBefore,
  waitsFor: { kinds: ['deploy', previewKind], words: 'an earlier deployment of its pull request' },
};

/** How much of a torn line is logged. */
const longestTorn = 300;

/**
 * Carries a deployment out: uploads what the policy chooses, and records each outcome in the ledger, in uploaded.txt, and as a row.
 * Idempotent, also after a kill: what the ledger has is not uploaded again, and missing later steps are done.
 * A failed artefact does not stop the others; errors are thrown at the end, and the order stays open. `waits`: a row cannot be sent yet.
 */
async function deployOrder(open: OpenOrder, tools: OrderTools): Promise<'done' | 'waits'> {
  const ledger = await readLedger(tools.settings.stateDir);
  if (ledger.brokenLine !== undefined) {
    tools.log.error(
      { line: ledger.brokenLine },
      'the ledger was changed by hand or damaged: it is only ever to be added to',
    );
  }
  const progress = await planOnce(open, tools, ledger);
  const { planned } = progress;
  const failures: unknown[] = [];
  let waits = false;
  for (const each of planned) {
    try {
      if ((await deployOne(each, progress, open, tools, ledger)) === 'waits') waits = true;
    } catch (error) {
      tools.log.error(
        { err: error, job: each.id, artefact: each.artefact },
        'an artefact could not be deployed or recorded',
      );
      failures.push(error);
    }
  }
  for (const each of progress.passedOver ?? []) {
    try {
      const row = passedOverRow(new Date(progress.plannedAt ?? 0), each.reason);
      if ((await addRow(each, row, tools, each.isOld)) === 'waits') waits = true;
    } catch (error) {
      tools.log.error({ err: error, job: each.id }, 'could not record why the artefacts of a job are not uploaded');
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `${failures.length} of ${planned.length} artefacts and jobs could not be deployed or recorded`,
    );
  }
  if (waits) return 'waits';
  await unbindUploaded(open.order, tools.settings.stateDir);
  return 'done';
}

/** Plans once, and keeps the plan. */
async function planOnce(open: OpenOrder, tools: Tools, ledger: LedgerReading): Promise<Progress> {
  const begun = await readProgress(open, progressShape);
  if (begun !== undefined) return begun;
  // Orders of earlier versions have no head: then it is the head known now.
  const head = open.order.head ?? (await readKnownHead(tools.settings.stateDir, open.order));
  const facts = await gatherDeploymentFacts(open.order, head, ledger.entries, tools.settings);
  const { policy, jobs } = facts;
  const preview = await readPreview(tools.settings.stateDir, open.order);
  const decisions = bindToPreview(planUploads(facts), preview);
  const told = tellOvertaken(whyPassedOver(facts), decisions, preview);
  const planned = decisions.map(
    ({
      job: { id, directory, pullRequestDir, commentId, recorded, repositoryId },
      artefact,
      refused,
      isUnseen: _,
      ...seen
    }) => ({
      id,
      directory,
      pullRequestDir,
      commentId,
      artefact,
      ...(refused !== undefined && { refused }),
      ...(recorded?.commit !== undefined && { commit: recorded.commit }),
      ...(repositoryId !== undefined && { repositoryId }),
      ...seen,
    }),
  );
  const passedOver = told.map(({ job: { id, directory }, reason, isOld }) => ({
    id,
    directory,
    reason,
    ...(isOld && { isOld }),
  }));
  const progress: Progress = {
    ...{ planned, plannedAt: tools.now().toISOString(), ledgerEntries: ledger.entries.length, passedOver },
    ...(head !== undefined && { head }),
  };
  await writeProgress(open, progress);
  await loosenPreview(open.order, preview, tools.settings.stateDir);
  const what = planned.map(({ id, artefact, refused }) => ({ artefact: `${id}/${artefact}`, refused }));
  if (planned.length === 0) {
    tools.log.info({ policy, jobs: jobs.map(({ id, status }) => ({ id, status })) }, 'there is nothing to upload');
  } else tools.log.info({ policy, what }, 'planned a deployment');
  return progress;
}

async function deployOne(
  planned: PlannedArtefact,
  progress: Progress,
  open: OpenOrder,
  tools: OrderTools,
  ledger: LedgerReading,
): Promise<'done' | 'waits'> {
  const { delivery } = open.order;
  const before = ledger.entries.find(
    (entry) => entry.delivery === delivery && entry.job === planned.id && entry.artefact === planned.artefact,
  );
  const entry = before ?? (await upload(planned, progress, open, tools, ledger));
  if (entry.outcome === 'uploaded')
    await noteUploaded(planned.pullRequestDir, `${planned.id}/${planned.artefact}`, tools.log);
  return await addRow(planned, rowOf(planned, entry, progress), tools);
}

/** Uploads an artefact, if possible, and records the outcome in the ledger. */
async function upload(
  planned: PlannedArtefact,
  progress: Progress,
  open: OpenOrder,
  tools: OrderTools,
  ledger: LedgerReading,
): Promise<LedgerEntry> {
  const { settings, log } = tools;
  const { order } = open;
  const { by, delivery, repository, pullRequest } = order;
  const name = `${planned.id}/${planned.artefact}`;
  // An upload that was begun and killed may be in the bucket already: a withdrawal comes too late.
  const withdrawal = progress.uploading === name ? undefined : await readWithdrawal(settings.stateDir, order);
  const reason =
    planned.refused ??
    (withdrawal && `${withdrawal.by} took the label bot:deploy off before the upload began`) ??
    whyOvertaken(planned, progress, order, ledger, settings.deploy.policy);
  // Write down, then do: on a full disk nothing is uploaded.
  if (reason === undefined) await writeProgress(open, { ...progress, uploading: name });
  if (reason === undefined)
    tools.tell?.(`uploads ${planned.artefact} of job ${planned.id} since ${tools.now().toISOString()}`);
  const withdrawnBy = planned.refused === undefined ? withdrawal?.by : undefined;
  const isRefused = withdrawnBy === undefined && !planned.isUnusable;
  const outcome =
    reason === undefined
      ? await runUploadScript(planned, order, tools)
      : { reason, ...(isRefused && ({ isRefused } as const)) };
  const entry: LedgerEntry = {
    at: tools.now().toISOString(),
    by,
    delivery,
    repository: fullName(repository),
    pullRequest,
    job: planned.id,
    ...(planned.commit !== undefined && { commit: planned.commit }),
    ...(progress.head !== undefined && { head: progress.head }),
    artefact: planned.artefact,
    ...outcome,
    outcome: outcome.reason === undefined ? 'uploaded' : 'not uploaded',
    ...(withdrawnBy !== undefined && { withdrawnBy }),
  };
  const { torn } = await appendToLedger(settings.stateDir, entry);
  if (torn !== undefined) log.warn({ torn: cutTo(torn, longestTorn) }, 'cut a torn last line off the ledger');
  // The logger has the pull request and the delivery in all lines.
  const { repository: _, pullRequest: __, delivery: ___, ...told } = entry;
  log[entry.outcome === 'uploaded' ? 'info' : 'warn'](told, "recorded an artefact's outcome");
  return entry;
}

/** An order that was set aside and replayed may come after a later one of the same pull request. */
function whyOvertaken(
  { artefact }: PlannedArtefact,
  { plannedAt, ledgerEntries }: Progress,
  order: OpenOrder['order'],
  { entries }: LedgerReading,
  policy: UploadPolicy,
): string | undefined {
  if (policy === 'all' || plannedAt === undefined) return undefined;
  // Orders of earlier versions have only the time.
  const isSince = (entry: LedgerEntry, index: number) =>
    ledgerEntries === undefined ? Date.parse(entry.at) > Date.parse(plannedAt) : index >= ledgerEntries;
  const later = entries.find(
    (entry, index) =>
      entry.outcome === 'uploaded' &&
      entry.delivery !== order.delivery &&
      isSince(entry, index) &&
      `${entry.repository}#${entry.pullRequest}`.toLowerCase() === pullRequestKey(order) &&
      payloadOf(entry.artefact) === payloadOf(artefact),
  );
  return later && `a later deployment has uploaded ${later.artefact} of job ${later.job} since this one was planned`;
}

/** The row has the ledger's time, so that recording it again adds nothing. */
function rowOf({ commit }: PlannedArtefact, entry: LedgerEntry, { head }: Progress): Row {
  const at = new Date(entry.at);
  if (entry.withdrawnBy !== undefined) return withdrawnRow(at, entry.artefact, entry.withdrawnBy);
  if (entry.isRefused) return refusedRow(at, entry.artefact, entry.reason ?? '');
  if (entry.outcome !== 'uploaded') return notUploadedRow(at, entry.artefact, entry.reason ?? '');
  const isStale = commit !== undefined && head !== undefined && commit !== head;
  return uploadedRow(at, entry.artefact, isStale ? { built: commit, head } : undefined);
}
