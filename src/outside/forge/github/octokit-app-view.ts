import type { Octokit } from '@octokit/rest';
import type { AppView, Permissions, SeenDelivery } from '../app-view.ts';
import { parametersOf, toEntry, toSentDelivery } from './app-deliveries.ts';
import { fetchWhole } from './fetch-whole.ts';
import { judgeFailure } from './judge-failure.ts';
import { type AppOptions, octokitApp } from './octokit-app.ts';

/** The App and its installations as GitHub's REST API shows them. Each request is sent once. */
export function octokitAppView(options: AppOptions, withinMilliseconds: number): AppView {
  let aheadSeconds: number | undefined;
  const onDate = (date: string | null) => {
    if (date !== null) aheadSeconds = (Date.now() - Date.parse(date)) / 1000;
  };
  const app = octokitApp(options, fetchWhole(withinMilliseconds, onDate));
  const asApp = app.octokit as Octokit;
  return {
    aheadSeconds: () => aheadSeconds,

    readApp: () =>
      asked(async () => {
        const { data } = await asApp.request('GET /app');
        return {
          slug: data?.slug ?? '',
          page: data?.html_url ?? '',
          permissions: toPermissions(data?.permissions),
          events: data?.events ?? [],
        };
      }),

    async readInstallation(id) {
      try {
        const { data } = await asApp.request('GET /app/installations/{installation_id}', {
          installation_id: id,
        });
        const { account, html_url: page, events, suspended_at } = data;
        return {
          account: loginOf(account),
          page,
          permissions: toPermissions(data.permissions),
          events,
          isSuspended: suspended_at !== null && suspended_at !== undefined,
        };
      } catch (error) {
        if (error instanceof Error && 'status' in error && error.status === 404) return 'gone';
        return judgeFailure(error, 'repeatable');
      }
    },

    listInstallations: () =>
      asked(async () => {
        const { data } = await asApp.request('GET /app/installations', { per_page: 100 });
        return data.map(({ id, account }) => ({
          id: Number(id),
          account: loginOf(account),
        }));
      }),

    listRepositories: (id) =>
      asked(async () => {
        const client = await app.getInstallationOctokit(id);
        const { data } = await client.request('GET /installation/repositories', { per_page: 100 });
        return { total: data.total_count, names: data.repositories.map(({ full_name }) => full_name) };
      }),

    readHook: () =>
      asked(async () => {
        const { data } = await asApp.request('GET /app/hook/config');
        return {
          url: data.url ?? '',
          contentType: data.content_type ?? 'form',
          hasSecret: (data.secret ?? '') !== '',
          verifiesCertificate: String(data.insecure_ssl ?? '0') === '0',
        };
      }),

    listDeliveries: () =>
      asked(async () => {
        const { data } = await asApp.request('GET /app/hook/deliveries', { per_page: 30 });
        return data.map((entry) => ({
          ...toEntry(entry),
          about: subjects.get(entry.event) ?? 'other',
          statusCode: entry.status_code,
          status: entry.status,
          seconds: entry.duration,
        }));
      }),

    readDelivery: (id) =>
      asked(async () => {
        return toSentDelivery((await asApp.request('GET /app/hook/deliveries/{delivery_id}', parametersOf(id))).data);
      }),

    redeliver: (id) =>
      asked(async () => {
        await asApp.request('POST /app/hook/deliveries/{delivery_id}/attempts', parametersOf(id));
      }),
  };
}

const subjects: ReadonlyMap<string, SeenDelivery['about']> = new Map([
  ['issue_comment', 'comment'],
  ['pull_request', 'pull request'],
  ['ping', 'the webhook'],
]);

/** Empty: an enterprise, which has none. */
const loginOf = (account: object | null) => (account !== null && 'login' in account ? String(account.login) : '');

const toPermissions = (data: object | undefined): Permissions =>
  Object.fromEntries(Object.entries(data ?? {}).map(([name, level]) => [name, String(level)]));

/** The answer, or an error of forge.ts. `gone` has no meaning for what exists as long as the App does. */
async function asked<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    judgeFailure(error, 'repeatable');
    throw error;
  }
}
