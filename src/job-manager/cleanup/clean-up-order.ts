import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import { type OpenOrder, type Order, readOpenOrders, readOrdersSetAside } from '../../jobs/orders.ts';
import { forgetPreview } from '../../jobs/previews.ts';
import { forgetSummaries } from '../../jobs/summaries.ts';
import { maySay } from '../../messages/least-chat-level.ts';
import { ownText } from '../../messages/markdown.ts';
import { movedJobDirs } from '../../messages/moved-job-dirs.ts';
import { list, text, timeShape, word } from '../../outside/files/shapes.ts';
import { repositoryDirectory } from '../../outside/forge/forge.ts';
import { type Said, saidShape, sayOnce } from '../../outside/forge/say-once.ts';
import { readProgress, writeProgress } from '../orders/order-progress.ts';
import type { OrderTools, Tools } from '../tools.ts';
import { carryOutMove, isBegun, type MoveUnderWay } from './carry-out-move.ts';
import { planCleanUp } from './plan-clean-up.ts';
import { readJobsToCleanUp } from './read-jobs-to-clean-up.ts';

/** The order's progress, kept in its file. */
const progressShape = z.object({
  /** When the order was written: later jobs belong to the reopened pull request. */
  placedAt: timeShape,
  /** The moves under way, and their comment. */
  batch: z
    .object({
      trash: word,
      moves: list(
        z.object({
          month: word,
          from: word,
          what: z.union([z.literal('everything'), list(z.object({ id: word, path: word }))]),
          links: list(word),
          state: z.enum(['planned', 'aside', 'copied', 'done']),
        }),
      ),
      comment: text.transform(ownText),
      said: saidShape.exactOptional(),
    })
    .exactOptional(),
});
type Progress = z.infer<typeof progressShape>;
type Batch = NonNullable<Progress['batch']>;

/**
 * Cleans up after a closed pull request: moves ended jobs to the trash bin, and says so in a comment. `waits`: jobs still run. Idempotent: after
 * a kill, a batch that was begun is completed first.
 */
export async function cleanUpOrder(open: OpenOrder, tools: OrderTools): Promise<'done' | 'waits'> {
  let progress = (await readProgress(open, progressShape)) ?? (await begin(open));
  if (progress.batch !== undefined) progress = await resumeBatch(open, progress, progress.batch, tools);
  if (await hasOpenDeployment(open, tools.settings.stateDir)) {
    tools.tell?.('waits for a deployment of its pull request, which is open, or was set aside');
    return 'waits';
  }
  const { repository, pullRequest } = open.order;
  const placedAt = new Date(progress.placedAt);
  const directories = await readJobsToCleanUp(tools.settings, pullRequest, placedAt);
  const { moves, waitsFor } = planCleanUp(repository, placedAt, directories);
  if (moves.length > 0) {
    const planned = moves.map((move): MoveUnderWay => ({ ...move, state: 'planned' }));
    const batch = batchOf(planned, trashOf(open.order, tools), open.order, tools.settings);
    await writeProgress(open, { ...progress, batch });
    await endBatch(open, progress, batch, tools);
  }
  if (waitsFor.length > 0) {
    tools.log.debug({ jobs: waitsFor }, 'a clean-up waits for jobs that have not ended');
    tools.tell?.(`waits for jobs that have not ended: ${waitsFor.join(', ')}`);
    return 'waits';
  }
  await forgetSummaries(tools.settings.stateDir, open.order);
  await forgetPreview(tools.settings.stateDir, open.order);
  tools.log.info('cleaned up after a closed pull request');
  return 'done';
}

/** Artefacts must not be moved before they are uploaded. A deployment that was set aside may be replayed. */
async function hasOpenDeployment({ order }: OpenOrder, stateDir: string): Promise<boolean> {
  const open = await readOpenOrders(stateDir);
  if (open.unusable.some(({ mayPass }) => mayPass)) return true; // it may be a deployment
  const { orders } = await readOrdersSetAside(stateDir); // read after the open ones: one may be set aside meanwhile
  return [...open.orders, ...orders].some(
    ({ order: other }) => other.kind === 'deploy' && pullRequestKey(other) === pullRequestKey(order),
  );
}

/** The event handler places the order after all earlier events of the pull request: their jobs are linked by then. */
async function begin(open: OpenOrder): Promise<Progress> {
  const progress = { placedAt: (await stat(open.path)).mtime.toISOString() };
  await writeProgress(open, progress);
  return progress;
}

function trashOf({ repository }: Order, { settings, now }: Pick<Tools, 'settings' | 'now'>): string {
  const day = now().toISOString().slice(0, 10).replaceAll('-', '.');
  return join(settings.cleanUp.trashBinDir, repositoryDirectory(repository), day);
}

/** Moves, and the comment about them. */
function batchOf(moves: readonly MoveUnderWay[], trash: string, { merged }: Order, { texts }: Tools['settings']) {
  const links = moves.flatMap(({ from, links }) => links.map((link) => join(from, link)));
  return { trash, moves, comment: movedJobDirs(links, trash, merged, texts) };
}

/** Completes a batch that was begun. One that was only planned is planned anew: a reopened pull request may build there by now. */
async function resumeBatch(open: OpenOrder, before: Progress, planned: Batch, tools: Tools): Promise<Progress> {
  const trash = { directory: planned.trash, delivery: open.order.delivery };
  const begun: MoveUnderWay[] = [];
  for (const move of planned.moves) if (await isBegun(move, trash)) begun.push(move);
  const { placedAt } = before;
  if (begun.length === 0) return { placedAt };
  const batch =
    begun.length === planned.moves.length
      ? planned
      : { ...planned, ...batchOf(begun, planned.trash, open.order, tools.settings) };
  return await endBatch(open, before, batch, tools);
}

/** Does the missing moves, and posts the comment if it is missing. Gives back the progress without the batch. */
async function endBatch(open: OpenOrder, before: Progress, begun: Batch, tools: Tools): Promise<Progress> {
  let batch = begun;
  const keep = async (change: Partial<Batch>) => {
    batch = { ...batch, ...change };
    await writeProgress(open, { ...before, batch });
  };
  for (const [index, move] of begun.moves.entries()) {
    if (move.state === 'done') continue;
    const trash = { directory: batch.trash, delivery: open.order.delivery };
    const skipped = await carryOutMove(move, trash, (state) =>
      keep({ moves: batch.moves.map((each, other) => (other === index ? { ...each, state } : each)) }),
    );
    tools.log.info({ from: move.from, links: move.links, trash: batch.trash, skipped }, 'moved to the trash bin');
  }
  await tell(open, batch, tools, (said) => keep({ said }));
  const { placedAt } = before;
  await writeProgress(open, { placedAt });
  return { placedAt };
}

async function tell(
  { order }: OpenOrder,
  { comment: body, said }: Batch,
  { settings, forge, log }: Tools,
  record: (said: Said) => Promise<void>,
): Promise<void> {
  if (body.trim() === '' || !maySay('moved job directories', settings.control.chatLevel)) return;
  const { repository, pullRequest } = order;
  // The comment is unique: no other one names the same links and day.
  const now = await sayOnce({ repository, pullRequest, body }, said, forge, record);
  if (now.kind === 'impossible') log.warn('could not post that directories were moved: the pull request is gone');
}
