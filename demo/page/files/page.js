// Shows the state that the demo sends, and sends what is typed. Nothing else is asked for, nothing is polled.

import { followConversation, showComments } from './show-comments.js';
import { byId, element } from './show-list.js';
import { showJobs, showObjects, showPullRequest, showQueue, showStory } from './show-rest.js';

let pullRequest;
let newestJob;

function show(state) {
  pullRequest = state.pullRequest;
  newestJob = state.jobs.at(-1)?.id;
  for (const showPart of [showPullRequest, showJobs, showComments, showQueue, showObjects, showStory]) showPart(state);
  showControls(state);
}

function showControls({ users }) {
  const user = byId('user');
  if (user.options.length === 0)
    user.append(...users.map(({ login, may }) => element('option', { value: login, text: `${login} – ${may}` })));
  const isOpen = pullRequest?.state === 'open';
  byId('label').textContent = hasLabel() ? 'Remove label bot:deploy' : 'Set label bot:deploy';
  byId('label').disabled = !isOpen;
  byId('close').textContent = pullRequest?.state === 'closed' ? 'Reopen pull request' : 'Close pull request';
  byId('close').disabled = !pullRequest;
  byId('comment').disabled = !pullRequest;
  byId('push').disabled = !isOpen;
  byId('why-not').hidden = isOpen;
  if (pullRequest?.state === 'closed')
    byId('why-not').textContent = 'The pull request is closed: reopen it to push, or to set or remove the label.';
}

const hasLabel = () => pullRequest?.labels.includes('bot:deploy') ?? false;

/** Whether it was done; if not, the page says why. */
async function send(path, body) {
  const refusal = byId('refusal');
  refusal.hidden = true;
  const why = await post(path, { user: byId('user').value, ...body });
  refusal.textContent = why ?? '';
  refusal.hidden = why === undefined;
  return why === undefined;
}

async function post(path, body) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(path, request);
    return answer.ok ? undefined : (await answer.json()).problem;
  } catch {
    return 'The demo does not answer: it has ended, or cannot be reached.';
  }
}

for (const form of document.querySelectorAll('form'))
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const done = await send(form.getAttribute('action'), Object.fromEntries(new FormData(form)));
    byId('sent').hidden = true;
    if (!done || form.id !== 'comment-form') return;
    byId('sent').textContent = `Commented: ${byId('text').value}`;
    byId('sent').hidden = false;
    form.reset();
    followConversation();
  });

for (const button of document.querySelectorAll('[data-command]'))
  button.addEventListener('click', () => {
    byId('text').value = button.dataset.command.replace('{job}', newestJob ?? '1');
    byId('text').focus();
  });

byId('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) byId('comment-form').requestSubmit();
});

byId('commits').addEventListener('click', ({ target }) => {
  const { check } = target.dataset;
  if (check !== undefined) send('/rerun', { check: Number(check) });
});
byId('label').addEventListener('click', () => send('/label', { label: 'bot:deploy', set: !hasLabel() }));
byId('close').addEventListener('click', () => send(pullRequest.state === 'open' ? '/close' : '/reopen', {}));

const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => show(JSON.parse(data)));
events.addEventListener('open', () => {
  byId('connection').hidden = true;
});
events.addEventListener('error', () => {
  byId('connection').hidden = false;
});
