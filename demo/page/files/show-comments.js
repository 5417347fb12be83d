import { byId, element, showList } from './show-list.js';

let follows = false;

/** Shows the end of the conversation, and what is new there, until somebody scrolls. */
export function followConversation() {
  follows = true;
  byId('comments').lastElementChild?.scrollIntoView({ block: 'end' });
}

for (const event of ['wheel', 'touchmove'])
  addEventListener(event, () => {
    follows = false;
  });

/** The conversation; who reads further up learns that there is something new further down. */
export function showComments({ comments }) {
  const list = byId('comments');
  const isFirstLook = list.children.length === 0;
  byId('no-comments').hidden = comments.length > 0;
  showList(
    list,
    'li',
    comments,
    ({ id }) => id,
    (item, comment, isNew) => {
      fillComment(item, comment);
      if (isFirstLook) return;
      flash(item);
      if (isNew) requestAnimationFrame(() => (follows ? item.scrollIntoView({ block: 'end' }) : pointBelow(item)));
    },
  );
}

function fillComment(item, comment) {
  const opened = [...item.querySelectorAll('details')].map(({ open }) => open);
  const body = element('div', { class: 'body' });
  body.innerHTML = comment.html; // cleaned by the server: render-markdown.ts
  for (const table of body.querySelectorAll('table')) labelCells(table);
  item.id = `comment-${comment.id}`;
  item.className = comment.isBot ? 'comment bot' : 'comment';
  item.replaceChildren(commentHead(comment), body, ...reactions(comment));
  // What somebody opened stays open when a row is added.
  [...item.querySelectorAll('details')].forEach((details, index) => {
    details.open = opened[index] ?? details.open;
  });
}

/** On a narrow screen a cell stands below its heading. */
function labelCells(table) {
  const headings = [...table.querySelectorAll('th')].map(({ textContent }) => textContent);
  for (const row of table.querySelectorAll('tbody tr'))
    [...row.cells].forEach((cell, column) => {
      cell.dataset.label = headings[column] ?? '';
    });
}

function commentHead({ author, isBot, createdAt, isEdited }) {
  return element(
    'header',
    {},
    element('span', { class: 'face', 'aria-hidden': 'true', text: isBot ? '⚙' : author[0].toUpperCase() }),
    element('strong', { text: author }),
    ...(isBot ? [element('span', { class: 'role', text: 'bot' })] : []),
    element('time', { datetime: createdAt, text: new Date(createdAt).toLocaleTimeString('en-GB') }),
    ...(isEdited ? [element('span', { class: 'quiet', text: 'edited' })] : []),
  );
}

/** Pictures of our own: not every machine has a font for them. */
function reactions(comment) {
  if (comment.reactions.length === 0) return [];
  const items = comment.reactions.map(({ content, user }) =>
    element(
      'li',
      { title: `by ${user}` },
      element('img', { src: `/${content}.svg`, alt: '', width: '16', height: '16' }),
      content,
    ),
  );
  return [element('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...items)];
}

function flash(item) {
  item.classList.remove('fresh');
  requestAnimationFrame(() => item.classList.add('fresh'));
}

function pointBelow(item) {
  if (item.getBoundingClientRect().top <= innerHeight) return;
  const below = byId('below');
  below.hidden = false;
  below.onclick = () => item.scrollIntoView({ block: 'center' });
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    below.hidden = true;
    seen.disconnect();
  });
  seen.observe(item);
}
