import { commentsOn, type State } from './state.ts';

/** Resolves with what `look` finds, which is asked now and at every change; rejects, telling the state, when the time is over. */
export function waitFor<Found>(
  state: State,
  what: string,
  look: () => Found | undefined | false,
  limitSeconds: number,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`Waited ${limitSeconds} s for ${what}, in vain.\n${describeState(state)}`));
    }, limitSeconds * 1000);
    const finish = () => {
      clearTimeout(timer);
      state.changes.off('change', tryOnce);
    };
    const tryOnce = () => {
      try {
        const found = look();
        if (found === undefined || found === false) return;
        finish();
        resolve(found);
      } catch (error) {
        finish();
        reject(error);
      }
    };
    state.changes.on('change', tryOnce);
    tryOnce();
  });
}

/** What somebody wants to see when a test waited in vain. */
function describeState(state: State): string {
  const issues = [...state.repositories.values()].flatMap((repository) => [...repository.issues.values()]);
  return [
    ...issues.flatMap((issue) => [
      `${issue.repository.fullName}#${issue.number} ${issue.state} [${[...issue.labels].join(', ')}]`,
      ...commentsOn(issue).map(({ author, body, reactions }) => {
        const marks = reactions.map(({ content }) => `:${content}:`).join(' ');
        return `  ${author.login}: ${body.replaceAll('\n', '\n    ')} ${marks}`;
      }),
    ]),
    'Last deliveries:',
    ...state.deliveries
      .slice(-10)
      .map(({ guid, event, action, status }) => `  ${guid} ${event} ${action ?? ''} -> ${status}`),
    'Last requests:',
    ...state.requests.slice(-15).map(({ method, path, status }) => `  ${method} ${path} -> ${status ?? 'no answer'}`),
    ...(state.violations.length === 0 ? [] : ['Violations:', ...state.violations.map((violation) => `  ${violation}`)]),
  ].join('\n');
}
