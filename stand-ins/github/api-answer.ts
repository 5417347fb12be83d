import type { Webhooks } from './deliver-webhooks.ts';
import type { JsonObject } from './example-payloads.ts';
import type { Account, State } from './state.ts';

/** An API request, understood and allowed. */
export interface ApiCall {
  readonly state: State;
  readonly webhooks: Webhooks;
  readonly method: string;
  /** Who asks: the App's bot or a person. */
  readonly user: Account;
  /** Of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** Without the query; what links to further pages begin with. */
  readonly address: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Absent: no content. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as GitHub words it. */
export function apiError(status: number, message: string, errors?: readonly JsonObject[]): ApiAnswer {
  const body = {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
  return { status, body };
}

export const notFound: ApiAnswer = apiError(404, 'Not Found');

/** One page of a list, with links to the others in the Link header. */
export function pageOf<Item>(call: ApiCall, items: readonly Item[], bodyOf: (item: Item) => unknown): ApiAnswer {
  const size = pageSize(call.query);
  const page = Math.max(1, Number(call.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(page > 1 ? [linkTo(call, { page: String(page - 1) }, 'prev')] : []),
    ...(page < last
      ? [linkTo(call, { page: String(page + 1) }, 'next'), linkTo(call, { page: String(last) }, 'last')]
      : []),
    ...(page > 1 ? [linkTo(call, { page: '1' }, 'first')] : []),
  ];
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size).map(bodyOf),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

/** GitHub's page size: 30 unless asked, 100 at most. */
export function pageSize(query: URLSearchParams): number {
  return Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30)));
}

/** An entry of a Link header: the same request with other parameters. */
export function linkTo(call: ApiCall, parameters: Readonly<Record<string, string>>, relation: string): string {
  const query = new URLSearchParams({ ...Object.fromEntries(call.query), ...parameters });
  return `<${call.address}?${query}>; rel="${relation}"`;
}
