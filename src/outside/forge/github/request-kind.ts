const name = '[^/]+';
const repository = `/repos/${name}/${name}`;

/** Kinds of requests: method, end of the path, and whose rate limit counts. */
const kinds = [
  ['create comment', 'POST', `${repository}/issues/\\d+/comments`, 'installation'],
  ['update comment', 'PATCH', `${repository}/issues/comments/\\d+`, 'installation'],
  ['read comment', 'GET', `${repository}/issues/comments/\\d+`, 'installation'],
  ['list comments', 'GET', `${repository}/issues/\\d+/comments`, 'installation'],
  ['add reaction', 'POST', `${repository}/issues/comments/\\d+/reactions`, 'installation'],
  ['read pull request', 'GET', `${repository}/pulls/\\d+`, 'installation'],
  ['create check', 'POST', `${repository}/check-runs`, 'installation'],
  ['update check', 'PATCH', `${repository}/check-runs/\\d+`, 'installation'],
  ['find check', 'GET', `${repository}/commits/${name}/check-runs`, 'installation'],
  ['set commit status', 'POST', `${repository}/statuses/${name}`, 'installation'],
  ['read token', 'POST', '/app/installations/\\d+/access_tokens', 'app'],
  ['read app', 'GET', '/app', 'app'],
  ['list deliveries', 'GET', '/app/hook/deliveries', 'app'],
  ['read delivery', 'GET', '/app/hook/deliveries/\\d+', 'app'],
] as const;

const patterns = kinds.map(([kind, method, path, as]) => ({ kind, method, path: new RegExp(`${path}$`), as }));

interface RequestKind {
  readonly kind: (typeof kinds)[number][0] | 'other';
  /** GitHub counts requests of an installation and of its App separately. */
  readonly as: 'installation' | 'app';
}

/** The kind of a request, in our words: one of a few. */
export function requestKind(method: string, path: string): RequestKind {
  const known = patterns.find((each) => each.method === method && each.path.test(path));
  return known ?? { kind: 'other', as: 'installation' };
}
