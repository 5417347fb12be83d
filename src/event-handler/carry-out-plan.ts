import { type Said, sayOnce } from '../jobs/say-once.ts';
import { codeSpan } from '../messages/escape-markdown.ts';
import { failureComment } from '../messages/failure-comment.ts';
import { helpText } from '../messages/help.ts';
import { parseJobComments } from '../messages/job-comments.ts';
import { maySay, type Saying } from '../messages/least-chat-level.ts';
import { md } from '../messages/markdown.ts';
import { noBuildPermission } from '../messages/no-permission.ts';
import { type CommandResult, kindOfResponse, type ResponseItem, responseComment } from '../messages/response.ts';
import { showConfig } from '../messages/show-config.ts';
import { lastBuilds, renderStatus } from '../messages/status.ts';
import { type Markdown, PerhapsGone } from '../outside/github/github.ts';
import { buildCommand } from './build/build-command.ts';
import { selectBuilds } from './commands/select-builds.ts';
import type { PlannedCommand, WrittenPlan } from './kept-plan.ts';
import { senderOf } from './route.ts';
import type { Tools } from './tools.ts';

export interface PlanStore {
  /** On the disk when it resolves. */
  write(plan: WrittenPlan): Promise<void>;
}

/**
 * Carries a plan out, from where it was left: reactions, then the commands in their order, then the one response. The first builds are
 * prepared meanwhile.
 */
export async function carryOutPlan(plan: WrittenPlan, store: PlanStore, tools: Tools): Promise<void> {
  const going = new PlanUnderWay({ ...plan, commands: plan.commands.map(reopened) }, store, tools);
  const told = going.tellAtFirst();
  told.catch(() => {}); // is thrown where it is awaited
  try {
    for (const index of plan.commands.keys()) await going.carryOut(index, told);
    await told;
  } finally {
    await Promise.allSettled([told]); // a failed build ends the attempt: nothing of it may go on
  }
  await going.respond();
  await going.reactAtLast();
}

/** Tells that what is left of a plan waits, and why: in the response, which tells what came of it later. Once for each reason. */
export async function tellOfDelay(
  plan: WrittenPlan,
  waitsFor: Markdown,
  store: PlanStore,
  tools: Tools,
): Promise<void> {
  const isTold = plan.shown !== undefined && plan.waitsFor !== undefined;
  if (isTold && withoutNumbers(plan.waitsFor) === withoutNumbers(waitsFor)) return;
  await new PlanUnderWay({ ...plan, waitsFor }, store, tools).respond();
}

/** After so many milliseconds, or of so many bytes, it is the same reason. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+/g, '');

/** Tells that what is left of a plan will not be carried out, since it failed again and again. */
export async function apologise(plan: WrittenPlan, store: PlanStore, tools: Tools): Promise<void> {
  const reason = md`something went wrong on this bot's side, again and again; its admin finds the reason in the log, under ${codeSpan(plan.delivery)}`;
  const commands = plan.commands.map((each) => {
    const isOpen = each.result === undefined && each.command !== undefined && each.outcome.kind !== 'left-to-others';
    return isOpen
      ? { ...each, result: { kind: 'failed', command: each.command.name, reason } as const, givenUp: true as const }
      : each;
  });
  const going = new PlanUnderWay({ ...plan, commands, reactions: ['confused'], reacted: false }, store, tools);
  await going.react();
  await going.respond();
}

function reopened({ givenUp, result, ...open }: PlannedCommand): PlannedCommand {
  return givenUp || result === undefined ? open : { ...open, result };
}

/** A plan, and the writing down of each step. */
class PlanUnderWay {
  #plan: WrittenPlan;
  readonly #store: PlanStore;
  readonly #tools: Tools;

  constructor(plan: WrittenPlan, store: PlanStore, tools: Tools) {
    this.#plan = plan;
    this.#store = store;
    this.#tools = tools;
  }

  async react(): Promise<void> {
    const { reacted, reactions, repository, commentId } = this.#plan;
    if (reacted || reactions.length === 0) return;
    try {
      for (const reaction of reactions) await this.#tools.github.addReaction(repository, commentId, reaction);
    } catch (error) {
      if (error instanceof PerhapsGone) return; // a comment that was deleted, mostly: nothing waits for it
      throw error;
    }
    await this.#keep({ reacted: true });
  }

  /** Where the comment was not shown before it is looked at once more; then its reaction is given up. */
  async reactAtLast(): Promise<void> {
    await this.react();
    if (!this.#plan.reacted && this.#plan.reactions.length > 0)
      this.#tools.log.info({ comment: this.#plan.commentId }, 'no reaction: GitHub does not show the comment');
  }

  /** Whoever waits for a build reads at once that it was understood; the rest is answered in one go. */
  async tellAtFirst(): Promise<void> {
    await this.react();
    if (this.#plan.commands.some(({ build }) => build !== undefined)) await this.respond();
  }

  /** A build is prepared while `told` is under way, and submitted after it. */
  async carryOut(index: number, told: Promise<void>): Promise<void> {
    const command = this.#plan.commands[index];
    if (command === undefined || command.result !== undefined) return;
    if (command.build === undefined) await told;
    const result = await this.#resultOf(command, index, told);
    if (result === undefined) return;
    const commands = this.#plan.commands.map((each, at) => (at === index ? { ...each, result } : each));
    await this.#keep({ commands });
  }

  /** Posts the response, or brings it up to date: what was posted once is never left untrue. */
  async respond(): Promise<void> {
    const { repository, sender, said, shown } = this.#plan;
    const { settings, github } = this.#tools;
    const items = responseItems(this.#plan);
    const before = said['response'];
    if (items.length === 0) return;
    if (before === undefined && !maySay(kindOfResponse(items), settings.control.chatLevel)) return;
    const body = responseComment(settings.github.appName, sender, items, settings.texts);
    // Where it may have been posted, it is looked for by its text of then.
    const text = before?.kind === 'posting' && shown !== undefined ? shown : body;
    const now = await this.#say('response', text);
    const isShown = before?.kind === 'posted' ? shown === body : text === body;
    if (now.kind !== 'posted' || isShown) return;
    await github.updateComment(repository, now.id, body);
    await this.#keep({ shown: body });
  }

  async #resultOf(command: PlannedCommand, index: number, told: Promise<void>): Promise<CommandResult | undefined> {
    const { outcome } = command;
    const name = command.command?.name ?? 'help';
    const { settings } = this.#tools;
    switch (outcome.kind) {
      case 'left-to-others':
      case 'misunderstood':
        return undefined;
      case 'no-permission':
        return outcome.which === 'build' ? await this.#refuseBuild(index) : undefined;
      case 'refused':
        return { kind: 'failed', command: name, reason: outcome.reason };
      case 'nothing-matches':
        return { kind: 'nothing', command: name === 'help' ? 'build' : name };
      case 'help':
        return { kind: 'help', text: helpText(settings.generation) };
      case 'show_config': {
        const body = showConfig(settings.github.appName, outcome.nodeTypes, settings.generation);
        return this.#added('show_config', await this.#sayIf('show_config', `show_config ${index}`, body));
      }
      case 'status':
        return this.#added('status', await this.#sayIf('status', `status ${index}`, await this.#status(outcome)));
      case 'build':
        return await this.#build(command, index, outcome, told);
    }
  }

  #added(command: 'show_config' | 'status', said: Said | undefined): CommandResult {
    return said?.kind === 'posted' ? { kind: command, url: said.url } : { kind: 'nothing', command };
  }

  async #status({ lastBuild, filters }: Extract<PlannedCommand['outcome'], { kind: 'status' }>): Promise<Markdown> {
    const { settings, github } = this.#tools;
    const comments = await github.listComments(this.#plan.repository, this.#plan.pullRequest);
    const builds = selectBuilds(filters, parseJobComments(comments, settings.texts), settings.github.appName);
    const form = { generation: settings.generation, hasCommits: Boolean(settings.texts.commitSha) };
    return renderStatus(lastBuild ? lastBuilds(builds) : builds, form, filters.length > 0);
  }

  async #refuseBuild(index: number): Promise<CommandResult> {
    const body = noBuildPermission(this.#plan.sender, this.#tools.settings.texts);
    if (body.trim() === '') return { kind: 'no-build-permission' };
    await this.#sayIf('no build permission', `no build permission ${index}`, body);
    return { kind: 'nothing', command: 'build' };
  }

  async #build(
    { build }: PlannedCommand,
    index: number,
    { targets, refusedTargets, unmatched = [] }: Extract<PlannedCommand['outcome'], { kind: 'build' }>,
    told: Promise<void>,
  ): Promise<CommandResult> {
    const { repository, delivery } = this.#plan;
    const refused = [
      ...unmatched,
      ...refusedTargets.map(
        ({ target, reason }) =>
          md`no job for ${codeSpan(target.repositoryId)} on ${codeSpan(target.nodeType.name)}: ${reason}`,
      ),
    ];
    if (targets.length === 0) return { kind: 'build', jobs: [], failures: refused };
    if (build === undefined) {
      const reason = md`GitHub no longer shows this pull request to the bot`;
      return { kind: 'failed', command: 'build', reason };
    }
    const outcome = await buildCommand(
      { delivery, orderedBy: senderOf(this.#plan), repository, targets, ...build },
      this.#tools,
      told,
    );
    if (outcome.kind === 'built') return { ...outcome, kind: 'build', failures: [...refused, ...outcome.failures] };
    const { step, message } = outcome.failure;
    const body = failureComment(step, message, this.#tools.settings.texts);
    await this.#sayIf('download failure', `download failure ${index}`, body);
    return refused.length > 0 ? { kind: 'build', jobs: [], failures: refused } : { kind: 'nothing', command: 'build' };
  }

  async #sayIf(saying: Saying, slot: string, body: Markdown): Promise<Said | undefined> {
    if (!maySay(saying, this.#tools.settings.control.chatLevel)) return undefined;
    return await this.#say(slot, body);
  }

  async #say(slot: string, body: Markdown): Promise<Said> {
    const { repository, pullRequest, commentId, said } = this.#plan;
    const others = Object.values(said).flatMap((each) => (each.kind === 'posted' ? [each.id] : []));
    const toSay = {
      repository,
      pullRequest,
      body,
      // Ours, since the command, and word for word the same: GitHub's ids only grow.
      isIt: (comment: { id: number; author: { isBot: boolean }; body: string }) =>
        comment.author.isBot && comment.id > commentId && !others.includes(comment.id) && comment.body === body,
    };
    return await sayOnce(toSay, said[slot], this.#tools.github, (now) =>
      this.#keep({ said: { ...this.#plan.said, [slot]: now }, ...(slot === 'response' && { shown: body }) }),
    );
  }

  async #keep(change: Partial<WrittenPlan>): Promise<void> {
    this.#plan = { ...this.#plan, ...change };
    await this.#store.write(this.#plan);
  }
}

/** What the response tells of each command; the missing permission is told once. */
function responseItems({ commands, waitsFor }: WrittenPlan): ResponseItem[] {
  const items: ResponseItem[] = [];
  for (const { typed, command, outcome, result } of commands) {
    if (outcome.kind === 'left-to-others') continue;
    if (outcome.kind === 'no-permission' && outcome.which === 'command') {
      if (!items.some(({ kind }) => kind === 'no-command-permission')) items.push({ kind: 'no-command-permission' });
    } else if (outcome.kind === 'misunderstood') {
      items.push({ kind: 'misunderstood', typed, reason: outcome.reason });
    } else {
      const progress = result !== undefined ? { result } : waitsFor !== undefined ? { waitsFor } : {};
      items.push({ kind: 'received', typed, expanded: command?.expanded ?? typed, ...progress });
    }
  }
  return items;
}
