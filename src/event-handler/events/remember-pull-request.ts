import { dirname, join } from 'node:path';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import {
  type KnownPullRequest,
  knownPullRequestPath,
  placeOfPullRequest,
  readKnownPullRequest,
} from '../../jobs/known-pull-request.ts';
import { makeDirectory, setDamagedAside, writeDurably } from '../../outside/files/durable-files.ts';
import { pruneTemporaryBelow } from '../../outside/files/prune-temporary.ts';
import { sealJson } from '../../outside/files/seal.ts';
import type { Forge, OfPullRequest, PullRequest } from '../../outside/forge/forge.ts';
import type { PullRequestState, Webhooks } from '../../outside/forge/webhooks.ts';
import type { Delivery } from '../receive/delivery.ts';
import { routeIfUnderstood } from './route.ts';

// What signed events said about pull requests. It costs no request, and says which commit was the head when a command was typed, even if a
// push overtook the command, or the command was recovered hours later.

/** More pushes than anybody makes between a command and its handling. */
const formerHeadsKept = 50;

/** Remembers the state in an event, unless a later one is known, and the head that a push replaced. */
export async function rememberPullRequest(stateDir: string, of: OfPullRequest, event: PullRequestState): Promise<void> {
  await change(stateDir, of, (known) => plusEvent(known, event));
}

/** Adds an event to what is known. Events may come in any order. */
export function plusEvent(
  known: KnownPullRequest | undefined,
  { headBefore, ...state }: PullRequestState,
): KnownPullRequest {
  const former = known?.formerHeads ?? [];
  const isPush =
    headBefore !== undefined && !former.some(({ until }) => Date.parse(until) === Date.parse(state.updatedAt));
  const heads = isPush
    ? [...former, { headSha: headBefore, until: state.updatedAt }].toSorted((a, b) =>
        isLater(b.until, a.until) ? -1 : 1,
      )
    : former;
  const formerHeads = heads.slice(-formerHeadsKept);
  const forgotten = [known?.headsKnownFrom, heads.at(-formerHeadsKept - 1)?.until];
  const headsKnownFrom = forgotten
    .filter((time) => time !== undefined)
    .toSorted((one, other) => (isLater(other, one) ? -1 : 1))
    .at(-1);
  const newest = known !== undefined && isLater(known.updatedAt, state.updatedAt) ? known : state;
  return {
    version: 1,
    baseBranch: newest.baseBranch,
    headSha: newest.headSha,
    updatedAt: newest.updatedAt,
    ...(formerHeads.length > 0 && { formerHeads }),
    ...(headsKnownFrom !== undefined && { headsKnownFrom }),
    ...(known?.deployment && { deployment: known.deployment }),
    ...(known?.withdrawn && { withdrawn: known.withdrawn }),
  };
}

/**
 * The head at that time; undefined if it was followed by more heads than are kept. GitHub's times are in whole seconds: within one second,
 * the order of arrival counts.
 */
export function headAt(
  known: Pick<KnownPullRequest, 'headSha' | 'formerHeads' | 'headsKnownFrom'>,
  at: string,
): string | undefined {
  if (known.headsKnownFrom !== undefined && isLater(known.headsKnownFrom, at)) return undefined;
  return known.formerHeads?.find(({ until }) => isLater(until, at))?.headSha ?? known.headSha;
}

/**
 * Whether the label of this event orders a deployment. The GUID of a delivery is not signed: a replay may carry another one. So only a
 * label newer than the newest one obeyed counts.
 */
export async function takeDeployment(
  stateDir: string,
  of: OfPullRequest,
  event: PullRequestState,
  delivery: string,
): Promise<'new' | 'replayed'> {
  const { deployment } = await change(stateDir, of, (known) => {
    const now = known ?? plusEvent(undefined, event);
    const isOlder = now.deployment !== undefined && !isLater(event.updatedAt, now.deployment.at);
    // The label was taken off again, and that event came first.
    const isWithdrawn = now.withdrawn !== undefined && isLater(now.withdrawn.at, event.updatedAt);
    return isOlder || isWithdrawn ? now : { ...now, deployment: { at: event.updatedAt, delivery } };
  });
  return deployment?.delivery === delivery ? 'new' : 'replayed';
}

/** More than the open deployments of one pull request. */
const withdrawalsKept = 50;

/** The label was taken off: the deployment it ordered is withdrawn. An event older than the newest label obeyed changes nothing. */
export async function withdrawDeployment(
  stateDir: string,
  of: OfPullRequest,
  event: PullRequestState,
  by: string,
): Promise<'withdrawn' | 'nothing was ordered'> {
  const { deployment, withdrawn } = await change(stateDir, of, (known) => {
    const now = known ?? plusEvent(undefined, event);
    const { deployment: newest, withdrawn: before } = now;
    if (newest !== undefined && isLater(newest.at, event.updatedAt)) return now;
    const deployments = before?.deployments ?? [];
    const isNew = newest !== undefined && !deployments.some(({ delivery }) => delivery === newest.delivery);
    const at = before !== undefined && isLater(before.at, event.updatedAt) ? before.at : event.updatedAt;
    const added = isNew ? [...deployments, { delivery: newest.delivery, by }] : deployments;
    return { ...now, withdrawn: { at, deployments: added.slice(-withdrawalsKept) } };
  });
  const isThere = withdrawn?.deployments.some(({ delivery }) => delivery === deployment?.delivery);
  return isThere ? 'withdrawn' : 'nothing was ordered';
}

/** The head at a time (ISO 8601), or the newest known one. */
type WhichHead = { readonly at: string } | 'newest';

/** The pull request as events described it, with that head. Without events GitHub is asked. `unknown head`: more heads followed than are kept. */
export async function readPullRequest(
  stateDir: string,
  of: OfPullRequest,
  which: WhichHead,
  forge: Pick<Forge, 'readPullRequest'>,
): Promise<PullRequest | 'gone' | 'unknown head'> {
  const known = await recall(stateDir, of);
  const { pullRequest: number } = of;
  if (known === undefined) return await forge.readPullRequest(of);
  const headSha = which === 'newest' ? known.headSha : headAt(known, which.at);
  return headSha === undefined ? 'unknown head' : { number, baseBranch: known.baseBranch, headSha };
}

/**
 * Before a command on an unknown pull request: reads the pushes that wait behind the command in the inbox. Asked now, GitHub would name the
 * pushed commit instead of the one before.
 */
export async function hearOfPushes(
  stateDir: string,
  of: OfPullRequest,
  inbox: { waitingEvents(): AsyncIterable<Pick<Delivery, 'event' | 'body'>> },
  webhooks: Webhooks,
): Promise<void> {
  if ((await recall(stateDir, of)) !== undefined) return;
  for await (const delivery of inbox.waitingEvents()) {
    if (!webhooks.mayTellOfPush(delivery.event)) continue;
    const route = routeIfUnderstood(delivery, webhooks);
    if (route?.kind === 'pull-request' && pullRequestKey(route) === pullRequestKey(of))
      await rememberPullRequest(stateDir, of, route.state);
  }
}

/** Removes what killed processes left half-written. */
export async function prunePullRequests(stateDir: string, now: Date): Promise<void> {
  await pruneTemporaryBelow(join(stateDir, 'pulls'), 2, now);
}

/** Needs no lock: deliveries of one pull request are handled one after the other. */
async function change(
  stateDir: string,
  of: OfPullRequest,
  how: (known: KnownPullRequest | undefined) => KnownPullRequest,
): Promise<KnownPullRequest> {
  const known = await recall(stateDir, of);
  const changed = how(known);
  if (known !== undefined && JSON.stringify(changed) === JSON.stringify(known)) return changed;
  const path = knownPullRequestPath(stateDir, of);
  await makeDirectory(dirname(path), 0o700);
  await writeDurably(path, sealJson('pull request', placeOfPullRequest(of), changed));
  return changed;
}

async function recall(stateDir: string, of: OfPullRequest): Promise<KnownPullRequest | undefined> {
  const known = await readKnownPullRequest(stateDir, of);
  if (known !== 'damaged') return known;
  // A damaged file counts as none: GitHub is asked. It is kept beside the new one, for admins.
  await setDamagedAside(knownPullRequestPath(stateDir, of));
  return undefined;
}

/** Compares times, not texts: they may have parts of a second, and another zone. */
const isLater = (one: string, than: string) => Date.parse(one) > Date.parse(than);
