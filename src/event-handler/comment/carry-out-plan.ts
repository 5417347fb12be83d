import { maySay } from '../../messages/least-chat-level.ts';
import { kindOfResponse, responseComment } from '../../messages/response.ts';
import { type Comment, type Markdown, PerhapsGone, type Reaction } from '../../outside/forge/forge.ts';
import { isSameText, type Said, sayOnce } from '../../outside/forge/say-once.ts';
import { commandNamed, isKept } from '../commands/commands.ts';
import { senderOf } from '../events/route.ts';
import type { PlanFile } from '../receive/inbox.ts';
import type { Tools } from '../tools.ts';
import type { PlannedCommand, WrittenPlan } from './kept-plan.ts';
import { lastReactions, planAnswer, planToGiveUp, planToGoOn, planToWait, responseItems } from './plan-answer.ts';
import { resultOfCommand } from './result-of-command.ts';

type KeptIn = Pick<PlanFile, 'write'>;

/**
 * Carries a plan out, from where it stopped: reactions, then the commands in order, then one response. A first build is prepared while the
 * reactions are sent.
 */
export async function carryOutPlan(plan: WrittenPlan, file: KeptIn, tools: Tools): Promise<void> {
  const going = new PlanUnderWay(planToGoOn(plan), file, tools);
  const told = going.tellAtFirst();
  told.catch(() => {}); // thrown below, where it is awaited
  try {
    for (const index of plan.commands.keys()) await going.carryOut(index, told);
    await told;
  } finally {
    await Promise.allSettled([told]); // if a build failed, nothing of this attempt may go on
  }
  await going.respond();
  await going.reactAtLast();
  going.tellResults();
}

/** Says in the response that the rest of the plan waits, and why; once for each reason. */
export async function tellOfDelay(plan: WrittenPlan, waitsFor: Markdown, file: KeptIn, tools: Tools): Promise<void> {
  const waiting = planToWait(plan, waitsFor);
  if (waiting !== undefined) await new PlanUnderWay(waiting, file, tools).respond();
}

/** Says that the rest of the plan will not be carried out: its retries failed. */
export async function giveUpPlan(plan: WrittenPlan, file: KeptIn, tools: Tools): Promise<void> {
  const going = new PlanUnderWay(planToGiveUp(plan), file, tools);
  await going.react();
  await going.respond();
  going.tellResults();
}

/** A plan that is written down after each step. */
class PlanUnderWay {
  #plan: WrittenPlan;
  readonly #file: KeptIn;
  readonly #tools: Tools;

  constructor(plan: WrittenPlan, file: KeptIn, tools: Tools) {
    this.#plan = plan;
    this.#file = file;
    this.#tools = tools;
  }

  async react(): Promise<void> {
    const { commentId, reacted, reactions } = this.#plan;
    if (commentId === undefined || reacted || reactions.length === 0) return;
    if (await this.#mark(reactions)) await this.#keep({ reacted: true });
  }

  /**
   * Adds the reactions that show the outcome. If GitHub did not show the comment before, tries once more, then gives up. Needs no record:
   * GitHub keeps one reaction of a kind.
   */
  async reactAtLast(): Promise<void> {
    await this.react();
    if (this.#plan.commentId === undefined || this.#plan.reactions.length === 0) return;
    if (!this.#plan.reacted || !(await this.#mark(lastReactions(this.#plan))))
      this.#tools.log.info({ comment: this.#plan.commentId }, 'no reaction: GitHub does not show the comment');
  }

  /** False if GitHub does not show the comment: mostly it was deleted. */
  async #mark(reactions: readonly Reaction[]): Promise<boolean> {
    const { commentId } = this.#plan;
    if (commentId === undefined) return true;
    try {
      for (const reaction of reactions) await this.#tools.forge.addReaction(this.#plan, commentId, reaction);
      return true;
    } catch (error) {
      if (error instanceof PerhapsGone) return false;
      throw error;
    }
  }

  /** Reacts. If there is a build, also posts the response at once: builds take long. */
  async tellAtFirst(): Promise<void> {
    await this.react();
    if (this.#plan.commands.some(({ build }) => build !== undefined)) await this.respond();
  }

  /** A build is prepared while `told` runs, and submitted after it. */
  async carryOut(index: number, told: Promise<void>): Promise<void> {
    const command = this.#plan.commands[index];
    if (command === undefined || command.result !== undefined) return;
    if (command.build === undefined) await told;
    const { settings } = this.#tools;
    const answer = planAnswer(command, await this.#act(command, told), this.#plan.sender, settings);
    if (answer === undefined) return;
    const { comment } = answer;
    const isSaid = comment !== undefined && maySay(comment.saying, settings.control.chatLevel);
    const said = isSaid ? await this.#say(`${comment.saying} ${index}`, comment.body) : undefined;
    const isAnswer = said?.kind === 'posted' && comment?.saying === command.outcome.kind;
    const result = isAnswer ? { kind: comment.saying, url: said.url } : answer.result;
    const commands = this.#plan.commands.map((each, at) => (at === index ? { ...each, result } : each));
    await this.#keep({ commands });
  }

  /** Posts the response, or updates it if it has changed. */
  async respond(): Promise<void> {
    const { sender, said, shown } = this.#plan;
    const { settings, forge } = this.#tools;
    const items = responseItems(this.#plan);
    const before = said['response'];
    if (items.length === 0) return;
    if (before === undefined && !maySay(kindOfResponse(items), settings.control.chatLevel)) return;
    const body = responseComment(settings.appName, sender, items, settings.texts);
    // If the answer to posting was lost, search for the text that was sent then.
    const text = before?.kind === 'posting' && shown !== undefined ? shown : body;
    const now = await this.#say('response', text);
    const isShown = before?.kind === 'posted' ? shown === body : text === body;
    if (now.kind !== 'posted' || isShown) return;
    await forge.updateComment(this.#plan, now.id, body);
    await this.#keep({ shown: body });
  }

  /** Counts the results. */
  tellResults(): void {
    for (const each of this.#plan.commands)
      this.#tools.onCommand?.(each.command?.name ?? 'unknown', resultOfCommand(each));
  }

  async #act({ outcome, build }: PlannedCommand, told: Promise<void>): Promise<unknown> {
    const { delivery, repository, pullRequest } = this.#plan;
    const context = {
      delivery,
      repository,
      pullRequest,
      orderedBy: senderOf(this.#plan),
      ...(build && { build }),
      told,
    };
    return isKept(outcome) && (await commandNamed(outcome.kind).carryOut?.(outcome, context, this.#tools));
  }

  async #say(slot: string, body: Markdown): Promise<Said> {
    const { repository, pullRequest, commentId = 0, said } = this.#plan;
    const others = Object.values(said).flatMap((each) => (each.kind === 'posted' ? [each.id] : []));
    const toSay = {
      repository,
      pullRequest,
      body,
      // Newer than the command (GitHub's ids only grow), and with this text.
      isIt: (comment: Comment) =>
        comment.id > commentId && !others.includes(comment.id) && isSameText(comment.body, body),
    };
    return await sayOnce(toSay, said[slot], this.#tools.forge, (now) =>
      this.#keep({ said: { ...this.#plan.said, [slot]: now }, ...(slot === 'response' && { shown: body }) }),
    );
  }

  async #keep(change: Partial<WrittenPlan>): Promise<void> {
    this.#plan = { ...this.#plan, ...change };
    await this.#file.write(this.#plan);
  }
}
