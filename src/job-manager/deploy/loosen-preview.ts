import { readLedger } from '../../jobs/ledger.ts';
import type { OpenOrder } from '../../jobs/orders.ts';
import { forgetPreview, type Preview, readPreview, type ShownArtefact, writePreview } from '../../jobs/previews.ts';

type Order = OpenOrder['order'];

/**
 * A preview keeps what it did not show from one deployment alone, whatever becomes of that: else one that nobody thinks of holds up all
 * later builds. Killed before this, it does so from one more.
 */
export async function loosenPreview(order: Order, preview: Preview | undefined, stateDir: string): Promise<void> {
  if (preview?.wholeAt === undefined) return;
  await keepPreview(order, { artefacts: preview.artefacts }, stateDir);
}

/** What was uploaded as it was shown is bound no more; another file in the place of one that was not is refused by later deployments too. */
export async function unbindUploaded(order: Order, stateDir: string): Promise<void> {
  const preview = await readPreview(stateDir, order);
  if (preview === undefined) return;
  const { entries } = await readLedger(stateDir);
  const isUploaded = ({ job, artefact, sha256 }: ShownArtefact) =>
    entries.some(
      (each) =>
        each.delivery === order.delivery &&
        each.job === job &&
        each.artefact === artefact &&
        each.sha256 === sha256 &&
        each.outcome === 'uploaded',
    );
  const artefacts = preview.artefacts.filter((each) => !isUploaded(each));
  if (artefacts.length < preview.artefacts.length) await keepPreview(order, { ...preview, artefacts }, stateDir);
}

/** Keeps the preview, unless it binds nothing. */
async function keepPreview(order: Order, preview: Preview, stateDir: string): Promise<void> {
  const bindsNothing = preview.artefacts.length === 0 && preview.wholeAt === undefined;
  await (bindsNothing ? forgetPreview(stateDir, order) : writePreview(stateDir, order, preview));
}
