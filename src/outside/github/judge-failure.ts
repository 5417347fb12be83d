import { TryAgainLater, Unsure } from './github.ts';

/** What an HTTP client says of a request that failed. */
interface Failure {
  /** 500 where no answer came at all: then there is no `response`. */
  readonly status: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

// The connection was never made, so nothing can have been done.
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'ENETUNREACH']);

/**
 * What a failed request means: `gone`, or throws {@link TryAgainLater}, {@link Unsure} (for a request that must not be done
 * twice), or the error itself where it is our own mistake.
 * Source: docs.github.com, "Rate limits for the REST API" and "Troubleshooting the REST API".
 */
export function judgeFailure(error: unknown, kind: 'repeatable' | 'once-only'): 'gone' {
  if (!isFailure(error)) throw error;
  const { status } = error;
  const waitSeconds = readWait(error);
  if (status === 429 || (status === 403 && waitSeconds !== undefined) || status === 401) {
    throw new TryAgainLater(`GitHub answered ${status}: ${error.message}`, {
      cause: error,
      ...(waitSeconds !== undefined && { retryAfterSeconds: waitSeconds }),
    });
  }
  if (status === 403 || status === 404 || status === 410 || status === 451) return 'gone';
  if (status < 500) throw error;
  if (kind === 'once-only' && !wasNeverSent(error)) {
    throw new Unsure(`the answer to a request was lost: ${error.message}`, { cause: error });
  }
  throw new TryAgainLater(`GitHub did not answer properly (${status}): ${error.message}`, {
    cause: error,
    ...(waitSeconds !== undefined && { retryAfterSeconds: waitSeconds }),
  });
}

/** How long GitHub asks to wait, in seconds; undefined where it does not. */
function readWait({ status, response, message }: Failure): number | undefined {
  const headers = response?.headers ?? {};
  const retryAfter = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(retryAfter)) return Math.max(1, retryAfter);
  if (String(headers['x-ratelimit-remaining']) === '0') {
    const reset = Number(headers['x-ratelimit-reset']);
    return Number.isFinite(reset) ? Math.max(1, Math.ceil(reset - Date.now() / 1000)) : 60;
  }
  // Secondary limits come without headers at times; GitHub's advice is then to wait a minute at least.
  if (status === 429 || (status === 403 && /rate limit|abuse/i.test(message))) return 60;
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
