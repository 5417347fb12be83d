import type { RequestFacts } from '../forge.ts';
import { requestFacts } from './request-facts.ts';
import { type HttpResponse, type Sent, sendRequest } from './send-request.ts';

/** Runs a wait and returns its result. */
export type Waiting = <T>(wait: () => Promise<T>) => Promise<T>;

/** What octokit asks of an answer. */
type Whole = Pick<HttpResponse, 'url' | 'status' | 'statusText'> & {
  readonly headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBufferLike>;
};

/**
 * `fetch` for GitHub's API, as far as octokit uses it: accepts only complete JSON answers. The client library would read a truncated list
 * as an empty one, and a proxy's page as an answer. Redirects (of a renamed repository) keep method and body. `onDate` gets the Date header
 * of each answer; `waiting` gets what only waits for the answer, `onRequest` each request, answered or not.
 */
export function fetchWhole(
  withinMilliseconds: number,
  onDate: (date: string | null) => void,
  waiting: Waiting = (wait) => wait(),
  onRequest: (facts: RequestFacts) => void = () => {},
): (url: string, init?: Partial<Sent>) => Promise<Whole> {
  return async (url, { method = 'GET', headers = {}, body } = {}) => {
    const answer = await waiting(() => sendRequest(url, { method, headers, body }, withinMilliseconds)).catch(
      (error: unknown) => {
        onRequest(requestFacts(method, url));
        throw error;
      },
    );
    const { status, text } = answer;
    onRequest(requestFacts(method, url, answer));
    onDate(answer.headers.get('date') ?? null);
    if (status >= 200 && status < 300 && text !== '') checkJson(text, answer.headers.get('content-type'));
    return { ...answer, text: async () => text, arrayBuffer: async () => Buffer.from(text).buffer };
  };
}

function checkJson(text: string, contentType: string | undefined): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new Error(`the answer is not JSON (${contentType ?? 'without a content type'})`, { cause });
  }
  if (!/\bjson\b/.test(contentType ?? ''))
    throw new Error(`the answer is ${contentType ?? 'without a content type'}, not JSON`);
}
