import { NeedsAdmin, NotPermitted, PerhapsGone, RefusedByForge, TryAgainLater, Unsure } from '../forge.ts';
import { adviceOn } from './advice-on.ts';
import { connectTimeout } from './send-request.ts';

/** The HTTP client's error for a failed request. */
interface Failure {
  /** 500 without an answer: then there is no `response`, and nobody has said it. */
  readonly status: number;
  readonly message: string;
  readonly request?: { readonly url?: string };
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    /** A text if it is not JSON. */
    readonly data?: unknown;
  };
}

// There was no connection, so nothing was done.
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', connectTimeout, 'ENETUNREACH']);

/** Longer than any window of GitHub's; a longer wait comes from clocks that differ. */
const longestWindowSeconds = 3600;

/** With these words GitHub says that something can no longer be written; otherwise it may be only the App that may not. */
const statedGone =
  /\b(?:issue|conversation|pull request) (?:is|was|has been) locked\b|\b(?:is|was|has been) archived\b|^Repository access blocked/i;

/**
 * What a failed request means: returns `gone` if GitHub says so, else throws {@link TryAgainLater} (also as {@link PerhapsGone} or
 * {@link NeedsAdmin}), {@link Unsure} (for a request that must not be repeated), or {@link RefusedByForge}. `guessSeconds`: the wait after
 * a rate limit for which GitHub names no time.
 * Source: docs.github.com, "Rate limits for the REST API" and "Troubleshooting the REST API".
 */
export function judgeFailure(error: unknown, kind: 'repeatable' | 'once-only', guessSeconds = 60): 'gone' {
  if (!isFailure(error)) throw error;
  const { status } = error;
  const waitSeconds = readWait(error, guessSeconds);
  const options = { cause: error, ...(waitSeconds !== undefined && { retryAfterSeconds: waitSeconds }) };
  const said = (what: string) => `${what} (${status}): ${error.message}`;
  if (isLimit(status) && waitSeconds !== undefined) throw new TryAgainLater(said('GitHub asks to wait'), options);
  if (status >= 500) throw withoutAnswer(error, kind, options);
  if (!isOfGitHub(error)) {
    const message = `not GitHub's API answered (${status}), but something on the way to it: look at proxy, firewall and api address`;
    throw new NeedsAdmin(message, options);
  }
  if (isForToken(error) || status === 401) {
    const what = isForToken(error) ? 'GitHub gives the App no token' : 'GitHub does not accept the token';
    throw new NeedsAdmin(`${said(what)}; ${adviceOn(error.message) ?? adviceOnToken(error)}`, options);
  }
  if (status === 410 || status === 451 || (status === 403 && statedGone.test(error.message))) return 'gone';
  if (status === 404) throw new PerhapsGone(said('GitHub does not show it'), options);
  if (status === 403) {
    const advice = adviceOn(error.message) ?? "look at the App's permissions and its installation";
    const Kind = /not accessible by integration/i.test(error.message) ? NotPermitted : NeedsAdmin;
    throw new Kind(`${said('GitHub does not let the App do it')}; ${advice}`, options);
  }
  if (status === 408) throw new TryAgainLater(said('GitHub did not wait for the request'), options);
  throw new RefusedByForge(said('GitHub refuses it'), { cause: error });
}

function adviceOnToken({ status }: Failure): string {
  return status === 404
    ? 'the App has no installation with this installation_id: copy it from the address of the page of the installation'
    : 'look at app_id, private_key, installation_id, and at the installation';
}

function withoutAnswer(
  error: Failure & Error,
  kind: 'repeatable' | 'once-only',
  options: ConstructorParameters<typeof TryAgainLater>[1],
): Error {
  const answered = error.response !== undefined;
  const isReached = answered || !wasNeverSent(error);
  if (kind === 'once-only' && isReached && !isForToken(error)) {
    return new Unsure(`the answer to a request was lost: ${error.message}`, { cause: error });
  }
  const asked = isForToken(error) ? ' when it was asked for a token' : '';
  const how = !isReached
    ? 'was not reached'
    : answered
      ? `did not answer properly (${error.status})`
      : 'did not answer';
  return new TryAgainLater(`GitHub ${how}${asked}: ${error.message}`, options);
}

/** Whether the token may be refused: revoked, or the installation is suspended. A rate limit is no refusal. */
export function mayBeTheToken(error: unknown): boolean {
  if (!isFailure(error) || isForToken(error)) return false;
  return error.status === 401 || (error.status === 403 && readWait(error, 0) === undefined);
}

/** Without a token nothing was asked: neither done nor gone. */
const isForToken = ({ request }: Failure) => /\/access_tokens$/.test(request?.url ?? '');

const isLimit = (status: number) => status === 403 || status === 429 || status === 422;

/** GitHub's API always answers in JSON; proxies, load balancers and login portals answer in HTML. */
const isOfGitHub = ({ response }: Failure) => typeof response?.data !== 'string' || response.data === '';

/** GitHub's wait in seconds; undefined if it asks for none. */
function readWait({ status, response, message }: Failure, guessSeconds: number): number | undefined {
  const headers = response?.headers ?? {};
  // Without it a point in time says nothing: this machine's clock may be years off.
  const serverNow = Date.parse(String(headers['date']));
  const retryAfter = headers['retry-after'];
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    const stated = Number.isFinite(seconds) ? seconds : (Date.parse(String(retryAfter)) - serverNow) / 1000;
    return Number.isFinite(stated) ? Math.max(1, Math.ceil(stated)) : guessSeconds;
  }
  if (isLimit(status) && String(headers['x-ratelimit-remaining']) === '0') {
    const seconds = Number(headers['x-ratelimit-reset']) - serverNow / 1000;
    return Number.isFinite(seconds) ? Math.min(longestWindowSeconds, Math.max(1, Math.ceil(seconds))) : guessSeconds;
  }
  // Secondary limits may come without headers; GitHub's advice is to wait a minute, and longer if that was not enough.
  if (status === 429 || (isLimit(status) && /rate limit|abuse|too quickly/i.test(message))) return guessSeconds;
  return undefined;
}

function wasNeverSent(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && neverSent.has(cause.code)) return true;
  }
  return false;
}

function isFailure(error: unknown): error is Failure & Error {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}
