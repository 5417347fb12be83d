import { placeOrder } from '../jobs/orders.ts';
import { buildLabel } from '../messages/build-label.ts';
import { configTable } from '../messages/config-table.ts';
import { maySay, type Saying } from '../messages/least-chat-level.ts';
import { labelWithoutEffect, noDeployPermission } from '../messages/no-permission.ts';
import type { Comment, Markdown } from '../outside/forge/forge.ts';
import { isSameText, type Said, sayOnce } from '../outside/forge/say-once.ts';
import { mayDeploy } from '../permissions.ts';
import { readKnownJobs } from './cancel/read-known-jobs.ts';
import { answerToGoOnFrom } from './comment/kept-plan.ts';
import { rememberPullRequest, takeDeployment, withdrawDeployment } from './events/remember-pull-request.ts';
import { type PullRequestRoute, senderOf } from './events/route.ts';
import type { HandledDelivery, PlanFile } from './receive/inbox.ts';
import type { Tools } from './tools.ts';

/** Handles an event of a pull request: remembers its head, and places orders for the job manager. */
export async function handlePullRequest(
  route: PullRequestRoute,
  { guid: delivery, receivedAt, plan }: Omit<HandledDelivery, 'inbox'>,
  { settings, forge, log }: Pick<Tools, 'settings' | 'forge' | 'log'>,
): Promise<void> {
  const { repository, pullRequest, sender, what, state, merged } = route;
  await rememberPullRequest(settings.stateDir, route, state);
  const say = async (saying: Saying, body: Markdown) => {
    if (maySay(saying, settings.control.chatLevel)) await answer(route, body, plan, forge);
  };
  const order = (kind: 'deploy' | 'clean-up') =>
    placeOrder(settings.stateDir, {
      ...{ version: 1, kind, repository, pullRequest, by: sender, delivery, at: receivedAt },
      ...(merged !== undefined && { merged }),
      ...(kind === 'deploy' && { head: state.headSha }),
    });
  switch (what) {
    case 'changed':
      return;
    case 'opened':
      return await say('show_config on opening', configTable(settings.appName, settings.nodeTypes, settings.dialect));
    case 'build-label':
      return await say('answer to bot:build', buildLabel(settings.appName, settings.dialect));
    case 'closed':
      log.info({ placed: await order('clean-up') }, 'the pull request was closed: ordered a clean-up');
      return;
    case 'deploy-label-removed':
      log.info(
        { sender, outcome: await withdrawDeployment(settings.stateDir, route, state, sender) },
        'the label bot:deploy was taken off',
      );
      return;
    case 'deploy-label':
      if (!mayDeploy(senderOf(route), settings)) {
        log.info({ sender }, 'refused a deployment: no deploy permission');
        return await tellNoPermission(route, say, settings);
      }
      if ((await takeDeployment(settings.stateDir, route, state, delivery)) === 'replayed') {
        log.warn(
          { sender, at: state.updatedAt },
          'refused a deployment: this label, or a newer one, was obeyed before',
        );
        return;
      }
      log.info({ sender, placed: await order('deploy') }, 'ordered a deployment');
  }
}

/** Posts the site's text at chatty, with what to do if this instance has jobs here. Below that, posts ours if it has: every instance hears of the label. An empty site text: nothing. */
async function tellNoPermission(
  { repository, pullRequest, sender }: PullRequestRoute,
  say: (saying: Saying, body: Markdown) => Promise<void>,
  settings: Tools['settings'],
): Promise<void> {
  const known = settings.deploy.policy === 'none' ? [] : await readKnownJobs({ repository, pullRequest }, [], settings);
  const ofSite = noDeployPermission(sender, settings.texts, known.length > 0);
  if (ofSite.trim() === '' || maySay('no deploy permission', settings.control.chatLevel))
    return await say('no deploy permission', ofSite);
  if (known.length > 0) await say('label without effect', labelWithoutEffect(sender, settings.appName));
}

/** An event gets at most one comment; `file` keeps whether it was posted. */
async function answer(
  { repository, pullRequest, state }: PullRequestRoute,
  body: Markdown,
  file: PlanFile,
  forge: Tools['forge'],
): Promise<void> {
  if (body.trim() === '') return;
  const isIt = (comment: Comment) =>
    isSameText(comment.body, body) && Date.parse(comment.createdAt) >= Date.parse(state.updatedAt);
  const before = answerToGoOnFrom(await file.read());
  const record = (said: Said) => file.write({ version: 1, said });
  await sayOnce({ repository, pullRequest, body, isIt }, before, forge, record);
}
