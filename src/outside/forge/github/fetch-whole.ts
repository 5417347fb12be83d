import { type RequestFacts, requestFacts } from './request-facts.ts';

/** Runs a wait and returns its result. */
export type Waiting = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * `fetch` for GitHub's API: accepts only complete JSON answers. The client library would read a truncated list as an empty one, and a
 * proxy's page as an answer. Redirects (of a renamed repository) keep method and body. `onDate` gets the Date header of each answer;
 * `waiting` gets what only waits for the answer, `onRequest` each request, answered or not.
 */
export function fetchWhole(
  withinMilliseconds: number,
  onDate: (date: string | null) => void,
  waiting: Waiting = (wait) => wait(),
  onRequest: (facts: RequestFacts) => void = () => {},
): typeof fetch {
  return async (url, init) => {
    const { response, text } = await waiting(async () => {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(withinMilliseconds) });
      return { response, text: await response.text() };
    }).catch((error: unknown) => {
      onRequest(requestFacts(init?.method ?? 'GET', String(url)));
      throw error;
    });
    onRequest(requestFacts(init?.method ?? 'GET', String(url), response));
    onDate(response.headers.get('date'));
    if (response.ok && text !== '') checkJson(text, response.headers.get('content-type'));
    const { status, statusText, headers } = response;
    const whole = new Response(text === '' ? null : text, { status, statusText, headers });
    // Where a list tells its length, octokit reads the number of its page from the address; a Response made by hand has none.
    return Object.defineProperty(whole, 'url', { value: response.url });
  };
}

function checkJson(text: string, contentType: string | null): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new Error(`the answer is not JSON (${contentType ?? 'without a content type'})`, { cause });
  }
  if (!/\bjson\b/.test(contentType ?? ''))
    throw new Error(`the answer is ${contentType ?? 'without a content type'}, not JSON`);
}
