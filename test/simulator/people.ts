import type { Asked } from './asked.ts';
import { jobOf } from './bot-comments.ts';
import { isoSeconds, type SimulatedGitHub } from './github.ts';
import type { Happening } from './history.ts';
import type { Relay } from './relay.ts';
import { world } from './world.ts';

/** Those who comment, label, push and close; what they ask for is noted. */
export class People {
  readonly #happenings: readonly Happening[];
  readonly #github: SimulatedGitHub;
  readonly #relay: Relay;
  readonly #asked: Asked;
  #done = 0;

  constructor(happenings: readonly Happening[], github: SimulatedGitHub, relay: Relay, asked: Asked) {
    this.#happenings = happenings;
    this.#github = github;
    this.#relay = relay;
    this.#asked = asked;
  }

  get areDone(): boolean {
    return this.#done === this.#happenings.length;
  }

  /** From now on one thing happens after the other. */
  begin(): void {
    const happening = this.#happenings[this.#done];
    if (happening === undefined) return;
    world().after(happening.afterSeconds * 1000, () => {
      this.#happen(happening);
      this.#done++;
      this.begin();
    });
  }

  #happen(happening: Happening): void {
    const { pullRequest } = happening;
    if (this.#github.isDeleted) return;
    world().tell(() => `a person: ${JSON.stringify(happening)}`);
    switch (happening.kind) {
      case 'comment':
        this.#comment(happening);
        return;
      case 'deploy label':
        if (happening.by === 'maintainer') this.#asked.deployments.push({ pullRequest, at: world().now });
        this.#pullRequestEvent('labeled', pullRequest, happening.by, { label: { name: 'bot:deploy' } });
        return;
      case 'remove the deploy label':
        this.#pullRequestEvent('unlabeled', pullRequest, 'outsider', { label: { name: 'bot:deploy' } });
        return;
      case 'push':
        this.#pullRequestEvent('synchronize', pullRequest, 'developer', this.#github.push(pullRequest));
        return;
      case 'close':
        this.#pullRequestEvent('closed', pullRequest, 'maintainer', {});
        return;
      case 'reopen':
        this.#pullRequestEvent('reopened', pullRequest, 'maintainer', {});
        return;
      case 'delete a comment':
        this.#deleteComment(pullRequest);
        return;
      case 'lock':
        this.#github.locked.add(pullRequest);
        return;
      case 'unlock':
        this.#github.locked.delete(pullRequest);
        return;
      case 'transfer the repository':
        this.#github.transfer();
        return;
      case 'delete the repository':
        this.#github.isDeleted = true;
    }
  }

  #comment({ pullRequest, by, lines }: Extract<Happening, { kind: 'comment' }>): void {
    const { id, body, createdAt } = this.#github.write(pullRequest, by, lines.join('\n'));
    const guids: string[] = [];
    this.#asked.comments.push({ id, pullRequest, isPermitted: by === 'maintainer', lines, guids });
    const payload = {
      comment: { id, body, created_at: createdAt },
      issue: { number: pullRequest, pull_request: {} },
      sender: { login: by, type: 'User' },
    };
    this.#relay.bring(this.#github.deliver('issue_comment', 'created', payload), guids);
  }

  #pullRequestEvent(action: string, number: number, login: string, more: object): void {
    const sha = this.#github.pullRequests.get(number)?.heads.at(-1);
    const delivery = this.#github.deliver('pull_request', action, {
      ...more,
      sender: { login, type: 'User' },
      pull_request: { number, updated_at: isoSeconds(world().now), base: { ref: 'main' }, head: { sha } },
    });
    this.#relay.bring(delivery);
  }

  /** One that announces a job. */
  #deleteComment(pullRequest: number): void {
    const comments = this.#github.pullRequests.get(pullRequest)?.comments ?? [];
    const ofBot = comments.filter(({ author, body }) => author.isBot && jobOf(body) !== undefined);
    const comment = ofBot[world().between(0, ofBot.length - 1)];
    if (comment !== undefined) this.#github.deleteComment(pullRequest, comment.id);
  }
}
