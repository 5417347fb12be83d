import { byId, element, showList } from './show-list.js';

/** Title, state, labels and commits of the pull request. */
export function showPullRequest({ repository, pullRequest, commits, jobs }) {
  byId('repository').textContent = repository;
  const withJobs = commits.map((commit) => ({ ...commit, jobs: jobsOf(commit, jobs) }));
  showList(byId('commits'), 'li', withJobs, ({ sha }) => sha, fillCommit);
  if (!pullRequest) return;
  const { title, number, state, author, branch, base, labels } = pullRequest;
  document.title = `${title} #${number}`;
  byId('title').replaceChildren(`${title} `, element('span', { class: 'number', text: `#${number}` }));
  const branches = [element('code', { text: branch }), ' into ', element('code', { text: base })];
  byId('facts').replaceChildren(
    element('span', { class: `badge ${state}`, text: state === 'open' ? 'Open' : 'Closed' }),
    element('span', {}, `${author} wants to merge `, ...branches),
    ...labels.map((label) => element('span', { class: 'label', text: label })),
  );
}

const jobsOf = ({ sha }, jobs) =>
  jobs
    .filter(({ commit }) => commit && sha.startsWith(commit))
    .map(({ id, commentId, steps }) => ({ id, commentId, ...farthest(steps) }));

/** The last step that is there. */
const farthest = (steps) => steps.findLast(({ state }) => state !== 'open') ?? steps[0];

function fillCommit(item, { sha, author, message, jobs, checks }) {
  const opened = new Set([...item.querySelectorAll('details[open][data-key]')].map(({ dataset }) => dataset.key));
  const by = element('span', { class: 'quiet', text: author });
  const ofJobs = jobs.map(({ id, commentId, shown, state }) =>
    element('a', { class: `built ${state}`, href: `#comment-${commentId}`, text: `Job ${id} ${shown}` }),
  );
  item.replaceChildren(
    element('code', { text: sha.slice(0, 7) }),
    ` ${message} `,
    by,
    ...ofJobs,
    ...checks.map(showCheck),
  );
  for (const details of item.querySelectorAll('details[data-key]')) details.open = opened.has(details.dataset.key);
}

/** A check run beside its commit, with the button that GitHub has there. */
function showCheck({ id, name, status, conclusion, title, html, comment }) {
  const state = conclusion ?? status;
  const words = [
    element('span', { class: `check-state ${state}`, text: state.replace('_', ' ') }),
    element('span', { class: 'check-name', text: name }),
    element('span', { class: 'quiet check-title', text: title }),
  ];
  const body = element('div', { class: 'body' });
  body.innerHTML = html; // cleaned by the server: render-markdown.ts
  const more = comment ? [element('a', { href: `#comment-${comment}`, text: 'Details' })] : [];
  const again =
    status === 'completed' ? [element('button', { type: 'button', 'data-check': String(id), text: 'Re-run' })] : [];
  return element(
    'details',
    { class: 'check', 'data-key': String(id) },
    element('summary', {}, ...words),
    body,
    element('p', { class: 'buttons' }, ...again, ...more),
  );
}

/** How far each build is, the newest first; before the first: how far one can get. */
export function showJobs({ jobs, steps }) {
  const noJob = { steps: steps.map((shown) => ({ shown, state: 'open' })) };
  showList(byId('jobs'), 'li', jobs.length > 0 ? jobs.toReversed() : [noJob], ({ id }) => id, fillJob);
}

const said = { open: ': not yet', done: ': done', failed: ': failed' };

function fillJob(item, { id, target, commentId, steps }, isNew) {
  if (isNew) {
    const ofStep = () => element('li', {}, element('span'), element('span', { class: 'for-readers' }));
    item.className = 'job';
    const name = element(
      'span',
      { class: 'job-head' },
      jobName(id, target, commentId),
      element('span', { class: 'now' }),
    );
    item.replaceChildren(name, element('ol', { class: 'steps' }, ...steps.map(ofStep)));
  }
  item.querySelector('.now').textContent = farthest(steps).shown;
  // The same elements all along, so that the bars fill before one's eyes.
  steps.forEach(({ shown: words, state }, index) => {
    const shown = item.querySelector('ol').children[index];
    shown.className = `step ${state}`;
    shown.children[0].textContent = words;
    shown.children[1].textContent = said[state];
  });
}

function jobName(id, target, commentId) {
  if (id === undefined) return element('span', { class: 'job-name quiet', text: 'No build yet' });
  const words = [element('strong', { text: `Job ${id}` }), element('span', { text: ` ${target}` })];
  return element('a', { class: 'job-name', href: `#comment-${commentId}` }, ...words);
}

/** The queue in all states. */
export function showQueue({ queue, jobs }) {
  byId('no-queue').hidden = queue.length > 0;
  byId('queue-box').hidden = queue.length === 0;
  const rows = queue
    .map((job) => ({ ...job, target: jobs.find(({ id }) => id === job.id)?.target ?? '' }))
    .sort((one, other) => Number(one.id) - Number(other.id));
  showList(byId('queue-rows'), 'tr', rows, ({ id }) => id, fillQueueRow);
}

function fillQueueRow(row, { id, state, reason, target, workDir }) {
  row.title = workDir;
  row.replaceChildren(
    element('td', { text: id }),
    element(
      'td',
      {},
      element('span', { class: `slurm ${state}`, text: state }),
      element('span', { class: 'reason', text: reason === 'None' ? '' : reason }),
    ),
    element('td', {}, element('code', { text: target })),
  );
}

/** What was uploaded. */
export function showObjects({ bucket, objects }) {
  byId('bucket-name').textContent = bucket;
  byId('no-objects').hidden = objects.length > 0;
  showList(byId('objects'), 'li', objects, ({ key }) => key, fillObject);
}

function fillObject(item, { key, bytes, text }) {
  const cut = key.lastIndexOf('/') + 1;
  const directory = element('span', { class: 'quiet', text: key.slice(0, cut) });
  item.className = 'object';
  item.replaceChildren(
    element('span', { class: 'key' }, directory, key.slice(cut)),
    element('span', { class: 'size', text: `${bytes.toLocaleString('en')} bytes` }),
  );
  if (text === undefined) return;
  const metadata = element('pre', { tabindex: '0', text: indented(text) });
  item.append(element('details', { class: 'metadata' }, element('summary', { text: 'Show the metadata' }), metadata));
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What the terminal tells, too; what is new is read out. */
export function showStory({ told }) {
  const list = byId('told');
  const before = list.children.length;
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
  for (const { seconds, kind, text } of told.slice(before)) {
    const at = element('span', { class: 'at', text: `${seconds.toFixed(1)} s` });
    list.append(element('li', { class: `telling ${kind}` }, at, element('span', { text })));
  }
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
  const news = told.slice(before).map(({ text }) => text);
  if (before > 0 && news.length > 0) byId('live').textContent = news.join(' ');
}
