/** Calls it, and passes on what it comes to. */
export type Waiting = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * `fetch` for GitHub's API: an answer is whole, and JSON, or it is none. The client library would take a list that was cut off for an empty
 * one, and the page of some proxy for an answer. A redirect (of a renamed repository) is followed with the same method and body.
 * `onDate` hears the Date header of each answer. `waiting` is given what does nothing but wait for the answer.
 */
export function fetchWhole(
  withinMilliseconds: number,
  onDate: (date: string | null) => void,
  waiting: Waiting = (wait) => wait(),
): typeof fetch {
  return async (url, init) => {
    const { response, text } = await waiting(async () => {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(withinMilliseconds) });
      return { response, text: await response.text() };
    });
    onDate(response.headers.get('date'));
    if (response.ok && text !== '') checkJson(text, response.headers.get('content-type'));
    const { status, statusText, headers } = response;
    return new Response(text === '' ? null : text, { status, statusText, headers });
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
