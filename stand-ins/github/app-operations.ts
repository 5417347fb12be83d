import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type ApiAnswer, type ApiCall, apiError, linkTo, notFound, pageOf, pageSize } from './api-answer.ts';
import { accountBody, appBody, appPermissions, isoTime, repositoryBody } from './api-bodies.ts';
import type { JsonObject } from './example-payloads.ts';
import type { Delivery } from './github-stand-in.ts';
import { accountOf, botOf } from './state.ts';

const tokenLifeMilliseconds = 3_600_000;

/** What the App itself asks, with its JWT, by the operation's id in GitHub's description. */
export const appOperations: Readonly<Record<string, (call: ApiCall) => ApiAnswer>> = {
  'apps/create-from-manifest': ({ state, parameters }) => {
    const code = String(parameters['code']);
    const registration = state.registrations.get(code);
    if (registration === undefined) return notFound;
    state.registrations.delete(code); // it is good once
    const { pem, webhookSecret } = registration;
    const secrets = {
      client_id: 'Iv1.0123456789abcdef',
      client_secret: 'of-no-use-here',
      webhook_secret: webhookSecret,
      pem,
    };
    return { status: 201, body: { ...appBody(state), ...secrets } };
  },

  'apps/get-authenticated': (call) => ({ status: 200, body: { ...appBody(call.state), installations_count: 1 } }),

  'apps/get-installation': (call) =>
    isInstallation(call) && call.state.installation !== 'removed'
      ? { status: 200, body: installationBody(call) }
      : notFound,

  'apps/list-installations': (call) =>
    pageOf(call, call.state.installation === 'removed' ? [] : [call], installationBody),

  'apps/create-installation-access-token': (call) => {
    if (!isInstallation(call) || call.state.installation === 'removed') return notFound;
    if (call.state.installation === 'suspended') return apiError(403, 'This installation has been suspended');
    const token = `ghs_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, '0')}`;
    const expiresAt = new Date(Date.now() + tokenLifeMilliseconds);
    call.state.tokens.set(token, { user: botOf(call.state), expiresAt });
    const body = {
      token,
      expires_at: isoTime(expiresAt),
      permissions: appPermissions(call.state),
      repository_selection: 'selected',
    };
    return { status: 201, body };
  },

  'apps/get-webhook-config-for-app': ({ state }) => {
    const { url, contentType, hasSecret } = state.appSettings.hook;
    const secret = hasSecret ? { secret: '********' } : {};
    const body = { content_type: contentType, insecure_ssl: '0', ...secret, ...(url !== '' && { url }) };
    return { status: 200, body };
  },

  'apps/list-webhook-deliveries': (call) => {
    const { state, query } = call;
    const wanted = query.get('status');
    const fits = ({ status }: Delivery) => wanted === null || status < 400 === (wanted === 'success');
    const cursor = query.get('cursor');
    const fitting = state.deliveries.filter(fits).reverse();
    fitting.sort((a, b) => b.deliveredAt.getTime() - a.deliveredAt.getTime());
    const start = cursor === null ? 0 : fitting.findIndex(({ id }) => cursor === `v1_${id}`);
    if (start < 0) return apiError(400, 'Bad Request');
    const end = start + pageSize(query);
    const next = fitting[end];
    return {
      status: 200,
      body: fitting.slice(start, end).map((delivery) => deliveryItem(call, delivery)),
      headers: next === undefined ? {} : { link: linkTo(call, { cursor: `v1_${next.id}` }, 'next') },
    };
  },

  'apps/get-webhook-delivery': (call) => {
    const delivery = findDelivery(call);
    if (delivery === undefined) return notFound;
    const { request, response } = delivery;
    return {
      status: 200,
      body: {
        ...deliveryItem(call, delivery),
        url: '',
        request: { headers: request.headers, payload: JSON.parse(request.body) },
        response: { headers: response?.headers ?? {}, payload: response?.body ?? null },
      },
    };
  },

  'apps/redeliver-webhook-delivery': (call) => {
    const delivery = findDelivery(call);
    if (delivery === undefined) return notFound;
    void call.webhooks.redeliver(delivery.guid);
    return { status: 202, body: {} };
  },
};

/** What an installation asks of itself, with its token. */
export const installationOperations: Readonly<Record<string, (call: ApiCall) => ApiAnswer>> = {
  'apps/list-repos-accessible-to-installation': (call) => {
    const repositories = [...call.state.repositories.values()];
    const page = pageOf(call, repositories, (repository) => repositoryBody(call.state, repository));
    const body = { total_count: repositories.length, repository_selection: 'selected', repositories: page.body };
    return { ...page, body };
  },
};

function isInstallation(call: ApiCall): boolean {
  return Number(call.parameters['installation_id']) === call.state.app.installationId;
}

function findDelivery(call: ApiCall): Delivery | undefined {
  return call.state.deliveries.find(({ id }) => id === Number(call.parameters['delivery_id']));
}

function deliveryItem(call: ApiCall, delivery: Delivery): JsonObject {
  const payload: { repository?: { id: number } } = JSON.parse(delivery.request.body);
  const words: Record<number, string> = { 502: 'failed to connect to host', 504: 'timed out' };
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt.toISOString(),
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status:
      (delivery.response === undefined ? words[delivery.status] : undefined) ?? STATUS_CODES[delivery.status] ?? 'OK',
    status_code: delivery.status,
    event: delivery.event,
    action: delivery.action ?? null,
    installation_id: call.state.app.installationId,
    repository_id: payload.repository?.id ?? null,
    throttled_at: null,
  };
}

function installationBody(call: ApiCall): JsonObject {
  const { app, apiUrl, appSettings, installation, serverUrl, startedAt } = call.state;
  const account = accountOf(call.state, 'app-owner');
  return {
    id: app.installationId,
    account: accountBody(call.state, account),
    access_tokens_url: `${apiUrl}/app/installations/${app.installationId}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: `${serverUrl}/settings/installations/${app.installationId}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: appPermissions(call.state),
    events: appSettings.events,
    created_at: isoTime(startedAt),
    updated_at: isoTime(startedAt),
    single_file_name: null,
    repository_selection: 'selected',
    suspended_at: installation === 'suspended' ? isoTime(startedAt) : null,
    suspended_by: installation === 'suspended' ? accountBody(call.state, account) : null,
  };
}
