import { randomUUID } from 'node:crypto';
import { addComment } from './change-comments.ts';
import type { Webhooks } from './deliver-webhooks.ts';
import type { Delivery, SeededDelivery } from './github-stand-in.ts';
import { accountOf, type Issue, issueOf, nextId, type State } from './state.ts';

/** Puts deliveries into the list that nobody received. Edits are all of one comment and share its payload. */
export function seedDeliveries(
  state: State,
  webhooks: Pick<Webhooks, 'record'>,
  repository: string,
  seeds: readonly SeededDelivery[],
): readonly Delivery[] {
  let edit: Delivery | undefined;
  const recordEdit = (at: Date, issue: Issue): Delivery => {
    if (edit !== undefined) {
      const guid = randomUUID();
      const headers = { ...edit.request.headers, 'X-GitHub-Delivery': guid };
      const again = { ...edit, id: nextId(state), guid, deliveredAt: at, request: { ...edit.request, headers } };
      state.deliveries.push(again);
      return again;
    }
    const sender = accountOf(state, 'an-editor');
    const comment = addComment(state, issue, sender, 'A typo less.');
    edit = webhooks.record({ event: 'issue_comment', action: 'edited', issue, comment, sender, before: 'A tpyo.' }, at);
    return edit;
  };
  return seeds.map(({ at, number, comment: said }) => {
    const issue = issueOf(state, repository, number);
    if (said === undefined) return recordEdit(at, issue);
    const sender = accountOf(state, said.user);
    const comment = addComment(state, issue, sender, said.body);
    return webhooks.record({ event: 'issue_comment', action: 'created', issue, comment, sender }, at);
  });
}
