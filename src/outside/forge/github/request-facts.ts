import type { RequestFacts } from '../forge.ts';
import { requestKind } from './request-kind.ts';
import type { HttpResponse } from './send-request.ts';

/** The facts of a request and its answer. */
export function requestFacts(
  method: string,
  url: string,
  answer?: Pick<HttpResponse, 'status' | 'headers'>,
): RequestFacts {
  const { kind: request, as } = requestKind(method, URL.parse(url)?.pathname ?? '');
  if (answer === undefined) return { request };
  const { status, headers } = answer;
  const numberIn = (name: string) => Number(headers.get(name) ?? Number.NaN);
  const limit = numberIn('x-ratelimit-limit');
  const remaining = numberIn('x-ratelimit-remaining');
  const resetsAt = numberIn('x-ratelimit-reset');
  const resource = headers.get('x-ratelimit-resource') === 'core' ? 'core' : 'other'; // we use no other one
  const isTold = [limit, remaining, resetsAt].every(Number.isFinite);
  return { request, status, ...(isTold && { budget: { as, resource, limit, remaining, resetsAt } }) };
}
