import { dirname, join } from 'node:path';
import {
  type KnownPullRequest,
  knownPullRequestPath,
  placeOfPullRequest,
  readKnownPullRequest,
} from '../jobs/known-head.ts';
import { makeDirectory, setDamagedAside, writeDurably } from '../outside/files/durable-files.ts';
import { pruneTemporaryBelow } from '../outside/files/prune-temporary.ts';
import { sealText } from '../outside/files/seal.ts';
import type { Forge, PullRequest, RepositoryName } from '../outside/forge/forge.ts';
import type { PullRequestState, Webhooks } from '../outside/forge/webhooks.ts';
import type { Delivery } from './receive/delivery.ts';
import { routeIfUnderstood } from './route.ts';

// What signed events of pull requests told. It costs no request, and it answers which commit was the head when a command was typed: also
// where a push overtook the command, or the command was found hours later.

/** More pushes than anybody makes between a command and its handling. */
const formerHeadsKept = 50;

/** Remembers the state that an event tells, unless a later one is known, and the head that a push replaced. */
export async function rememberPullRequest(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  event: PullRequestState,
): Promise<void> {
  await change(stateDir, repository, number, (known) => plusEvent(known, event));
}

/** What is known once an event was seen, in whatever order events come. */
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
 * The commit that was the head at that time; undefined where too many followed it. GitHub's clock has whole seconds: within one, the
 * order of arrival counts.
 */
export function headAt(
  known: Pick<KnownPullRequest, 'headSha' | 'formerHeads' | 'headsKnownFrom'>,
  at: string,
): string | undefined {
  if (known.headsKnownFrom !== undefined && isLater(known.headsKnownFrom, at)) return undefined;
  return known.formerHeads?.find(({ until }) => isLater(until, at))?.headSha ?? known.headSha;
}

/**
 * Whether the label of this event orders a deployment. The identity of a delivery is not signed: one that was seen on its way could be
 * sent again under another. No label of GitHub's is as old as the newest one that was obeyed.
 */
export async function takeDeployment(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  event: PullRequestState,
  delivery: string,
): Promise<'new' | 'replayed'> {
  const { deployment } = await change(stateDir, repository, number, (known) => {
    const now = known ?? plusEvent(undefined, event);
    const isOlder = now.deployment !== undefined && !isLater(event.updatedAt, now.deployment.at);
    // The label was taken off again, and that was heard of first.
    const isWithdrawn = now.withdrawn !== undefined && isLater(now.withdrawn.at, event.updatedAt);
    return isOlder || isWithdrawn ? now : { ...now, deployment: { at: event.updatedAt, delivery } };
  });
  return deployment?.delivery === delivery ? 'new' : 'replayed';
}

/** More deployments than can be open of one pull request. */
const withdrawalsKept = 50;

/** The label was taken off: what it ordered is not to be begun any more. One that is older than the newest label that was obeyed changes nothing. */
export async function withdrawDeployment(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  event: PullRequestState,
  by: string,
): Promise<'withdrawn' | 'nothing was ordered'> {
  const { deployment, withdrawn } = await change(stateDir, repository, number, (known) => {
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

/** The head at a time, ISO 8601; or the newest that is known. */
type WhichHead = { readonly at: string } | 'newest';

/** The pull request as events told it, with that head; without events, as GitHub tells it now. `unknown head`: too many followed. */
export async function readPullRequest(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  which: WhichHead,
  forge: Pick<Forge, 'readPullRequest'>,
): Promise<PullRequest | 'gone' | 'unknown head'> {
  const known = await recall(stateDir, repository, number);
  if (known === undefined) return await forge.readPullRequest(repository, number);
  const headSha = which === 'newest' ? known.headSha : headAt(known, which.at);
  return headSha === undefined ? 'unknown head' : { number, baseBranch: known.baseBranch, headSha };
}

/**
 * Before a command on a pull request of which nothing is known: the pushes that wait behind the command are heard of now, since GitHub
 * would tell the commit that they brought.
 */
export async function hearOfPushes(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  inbox: { waitingEvents(): AsyncIterable<Pick<Delivery, 'event' | 'body'>> },
  webhooks: Webhooks,
): Promise<void> {
  if ((await recall(stateDir, repository, number)) !== undefined) return;
  for await (const delivery of inbox.waitingEvents()) {
    if (!webhooks.mayTellOfPush(delivery.event)) continue;
    const route = routeIfUnderstood(delivery, webhooks);
    if (route?.kind !== 'pull-request' || route.pullRequest !== number) continue;
    const place = knownPullRequestPath(stateDir, route.repository, number);
    if (place === knownPullRequestPath(stateDir, repository, number))
      await rememberPullRequest(stateDir, repository, number, route.state);
  }
}

/** Removes what killed processes left half-written. */
export async function prunePullRequests(stateDir: string, now: Date): Promise<void> {
  await pruneTemporaryBelow(join(stateDir, 'pulls'), 2, now);
}

/** Deliveries of one pull request are handled one after the other: nobody else changes it meanwhile. */
async function change(
  stateDir: string,
  repository: RepositoryName,
  number: number,
  how: (known: KnownPullRequest | undefined) => KnownPullRequest,
): Promise<KnownPullRequest> {
  const known = await recall(stateDir, repository, number);
  const changed = how(known);
  if (known !== undefined && asText(changed) === asText(known)) return changed;
  await makeDirectory(dirname(knownPullRequestPath(stateDir, repository, number)), 0o700);
  const text = sealText('pull request', placeOfPullRequest(repository, number), asText(changed));
  await writeDurably(knownPullRequestPath(stateDir, repository, number), text);
  return changed;
}

async function recall(
  stateDir: string,
  repository: RepositoryName,
  number: number,
): Promise<KnownPullRequest | undefined> {
  const known = await readKnownPullRequest(stateDir, repository, number);
  if (known !== 'damaged') return known;
  // One that is damaged is as good as none: GitHub is asked. It stays visible beside the next one.
  const path = knownPullRequestPath(stateDir, repository, number);
  await setDamagedAside(path);
  return undefined;
}

/** Times may be written with parts of a second, or without, and in another zone: as texts they do not compare. */
const isLater = (one: string, than: string) => Date.parse(one) > Date.parse(than);

const asText = (known: KnownPullRequest) => `${JSON.stringify(known, null, 2)}\n`;
