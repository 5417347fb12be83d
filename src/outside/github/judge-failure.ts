import { RefusedByGitHub, TryAgainLater, Unsure } from './github.ts';

/** What an HTTP client says of a request that failed. */
interface Failure {
  /** 500 where no answer came at all: then there is no `response`. */
  readonly status: number;
  readonly message: string;
  readonly request?: { readonly url?: string };
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

// The connection was never made, so nothing can have been done.
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'ENETUNREACH']);

/** Longer than any window of GitHub's; a limit beyond it comes from clocks that differ. */
const longestWindowSeconds = 3600;

/**
 * What a failed request means: `gone`, or throws {@link TryAgainLater}, {@link Unsure} (for a request that must not be done twice), or
 * {@link RefusedByGitHub}. `guessSeconds`: how long to wait where GitHub says that there is a limit and not for how long.
 * Source: docs.github.com, "Rate limits for the REST API" and "Troubleshooting the REST API".
 */
export function judgeFailure(error: unknown, kind: 'repeatable' | 'once-only', guessSeconds = 60): 'gone' {
  if (!isFailure(error)) throw error;
  const { status } = error;
  const waitSeconds = readWait(error, guessSeconds);
  const later = (what: string) =>
    new TryAgainLater(`${what} (${status}): ${error.message}`, {
      cause: error,
      ...(waitSeconds !== undefined && { retryAfterSeconds: waitSeconds }),
    });
  if (isForToken(error)) throw later('GitHub gives the App no token for its installation');
  if (isLimit(status) && waitSeconds !== undefined) throw later('GitHub asks to wait');
  if (status === 401) throw later('GitHub does not accept the token');
  if (status === 403 || status === 404 || status === 410 || status === 451) return 'gone';
  if (status < 500) throw new RefusedByGitHub(`GitHub refuses it (${status}): ${error.message}`, { cause: error });
  if (kind === 'once-only' && !wasNeverSent(error)) {
    throw new Unsure(`the answer to a request was lost: ${error.message}`, { cause: error });
  }
  throw later('GitHub did not answer properly');
}

/** Whether the token may be what was refused: it was revoked, or the installation is suspended. A limit is no refusal. */
export function mayBeTheToken(error: unknown): boolean {
  if (!isFailure(error) || isForToken(error)) return false;
  return error.status === 401 || (error.status === 403 && readWait(error, 0) === undefined);
}

/** Without a token nothing was asked: neither done, nor known to be gone. */
const isForToken = ({ request }: Failure) => /\/access_tokens$/.test(request?.url ?? '');

const isLimit = (status: number) => status === 403 || status === 429 || status === 422;

/** How long GitHub asks to wait, in seconds; undefined where it does not. */
function readWait({ status, response, message }: Failure, guessSeconds: number): number | undefined {
  const headers = response?.headers ?? {};
  const serverNow = Date.parse(String(headers['date'])) || Date.now();
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
  // Secondary limits come without headers at times; GitHub's advice is then to wait a minute, and longer if that was not enough.
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
