import type { Permissions, SeenApp, SeenInstallation } from '../../outside/forge/app-view.ts';
import { appNeeds } from '../github-app/app-needs.ts';
import { installAddress } from '../github-app/install-address.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

/** An answer of GitHub's, or its refusal in words. */
export type GitHubAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'failed'; readonly words: string };

export interface GitHubFacts {
  readonly apiUrl: string;
  readonly appId: number;
  readonly installationId: number;
  /** As the settings say: each needs more of GitHub. */
  readonly checkRuns: boolean;
  readonly commitStatus: boolean;
  readonly app: GitHubAnswer<SeenApp>;
  /** Undefined: not asked, since the App is not known. */
  readonly installation?: GitHubAnswer<SeenInstallation | 'gone'>;
  readonly installations?: GitHubAnswer<readonly { readonly id: number; readonly account: string }[]>;
  readonly repositories?: GitHubAnswer<{ readonly total: number; readonly names: readonly string[] }>;
}

const levels = ['none', 'read', 'write', 'admin'];

/** App, key, installation, permissions, events, as GitHub has them. */
export function judgeGitHub(facts: GitHubFacts): Finding[] {
  const { app, installation } = facts;
  if (app.kind === 'failed') return [judgeRefusal(facts, app.words), ...restOf('GitHub does not know who asks')];
  const found = [fine('GitHub/App', `${app.value.slug}, with app_id ${facts.appId} and private_key`)];
  if (installation === undefined || installation.kind === 'failed')
    return [
      ...found,
      failure('GitHub/installation', installation?.words ?? 'not asked', 'an answer', 'see the words before'),
      ...restOf('the installation cannot be seen').slice(1),
    ];
  if (installation.value === 'gone')
    return [...found, judgeMissingInstallation(facts, app.value), ...restOf('there is no such installation').slice(1)];
  const seen = installation.value;
  if (seen.isSuspended)
    return [
      ...found,
      failure(
        'GitHub/installation',
        `that of ${seen.account} is suspended`,
        'one that is not',
        `an owner of ${seen.account} unsuspends it: ${seen.page}`,
      ),
      ...restOf('the installation is suspended').slice(1),
    ];
  return [
    ...found,
    fine('GitHub/installation', `${facts.installationId}, of ${seen.account}`),
    judgePermissions(facts, app.value, seen),
    judgeEvents(facts, app.value, seen),
    judgeRepositories(facts, seen),
  ];
}

const restOf = (why: string): Finding[] =>
  (['installation', 'permissions', 'events', 'repositories'] as const).map((what) =>
    notLookedAt(`GitHub/${what}`, why),
  );

/** Told by GitHub's words, which it does not change without need (test/wild/github-refusals). */
function judgeRefusal({ apiUrl, appId }: GitHubFacts, words: string): Finding {
  if (/could not be decoded|Bad credentials/i.test(words))
    return failure(
      'GitHub/private-key',
      `GitHub does not take private_key for a key of the App ${appId}`,
      "a key of the App's page that was not deleted",
      "generate one on the App's page, under Private keys, and write its path into private_key",
    );
  if (/Integration not found/i.test(words))
    return failure('GitHub/app-id', `there is no App ${appId}`, "the App ID of the App's page", 'correct app_id');
  if (/\b(exp|iat)\b/.test(words))
    return failure('GitHub/clock', words, 'a clock that is right', 'timedatectl; chronyc tracking; have the clock set');
  return failure('GitHub/reach', `${apiUrl}: ${words}`, "an answer of GitHub's", mendReach(words));
}

function mendReach(words: string): string {
  if (/certificate/i.test(words))
    return 'export NODE_EXTRA_CA_CERTS=FILE, with the CA of the proxy or of GitHub Enterprise';
  if (/ENOTFOUND|EAI_AGAIN/.test(words))
    return 'correct GITHUB_API_URL, or export HTTPS_PROXY, where only a proxy knows names';
  if (/not GitHub's API answered|407/.test(words))
    return 'correct GITHUB_API_URL and HTTPS_PROXY; have the proxy let requests to GitHub pass';
  if (/rate limit|asks to wait/i.test(words)) return 'wait as long as GitHub asks to';
  return 'curl -sSI $GITHUB_API_URL; where a proxy is needed: export HTTPS_PROXY=http://HOST:PORT';
}

function judgeMissingInstallation({ installationId, installations }: GitHubFacts, app: SeenApp): Finding {
  const seen = `the App ${app.slug} has no installation ${installationId}`;
  const others = installations?.kind === 'answer' ? installations.value : [];
  const [first] = others;
  if (first === undefined)
    return failure(
      'GitHub/installation',
      seen,
      'one',
      `install it on the target repositories: ${installAddress(app.page)}`,
    );
  const expected = `one of ${others.map(({ id, account }) => `${id} (${account})`).join(', ')}`;
  return failure('GitHub/installation', seen, expected, `write installation_id = ${first.id}`);
}

function judgePermissions(
  { checkRuns, commitStatus }: GitHubFacts,
  app: SeenApp,
  installation: SeenInstallation,
): Finding {
  const name = 'GitHub/permissions';
  const { permissions, forChecks, forStatuses } = appNeeds;
  const needed = [...permissions, ...(checkRuns ? [forChecks] : []), ...(commitStatus ? [forStatuses] : [])];
  const missing = needed.filter(({ permission, level }) => !has(installation.permissions, permission, level));
  if (missing.length === 0)
    return fine(name, needed.map(({ permission, level }) => `${permission} ${level}`).join(', '));
  const seen = missing
    .map(
      ({ permission, level, use }) =>
        `${permission} is ${installation.permissions[permission] ?? 'none'}, ${level} is needed for ${use}`,
    )
    .join('; ');
  const isAsked = missing.every(({ permission, level }) => has(app.permissions, permission, level));
  const mend = isAsked
    ? `an owner of ${installation.account} accepts what the App asks for: ${installation.page}`
    : `give the App the permission (its page, Permissions & events), then an owner of ${installation.account} accepts it: ${installation.page}`;
  const judge = missing.every(({ optional }) => optional) ? warning : failure;
  return judge(name, seen, 'what docs/setup.md, step 3, lists', mend);
}

const has = (granted: Permissions, permission: string, level: string) =>
  levels.indexOf(granted[permission] ?? 'none') >= levels.indexOf(level);

function judgeEvents({ checkRuns }: GitHubFacts, app: SeenApp, installation: SeenInstallation): Finding {
  const neededEvents = [...appNeeds.events, ...(checkRuns ? appNeeds.eventsForChecks : [])];
  const missing = neededEvents.filter((event) => !installation.events.includes(event));
  if (missing.length === 0) return fine('GitHub/events', neededEvents.join(', '));
  const isAsked = missing.every((event) => app.events.includes(event));
  const mend = isAsked
    ? `an owner of ${installation.account} accepts them: ${installation.page}`
    : "tick them on the App's page, under Permissions & events";
  const judge = missing.some((event) => appNeeds.events.includes(event)) ? failure : warning;
  return judge('GitHub/events', `${missing.join(', ')} not sent`, neededEvents.join(', '), mend);
}

function judgeRepositories({ repositories }: GitHubFacts, installation: SeenInstallation): Finding {
  const name = 'GitHub/repositories';
  if (repositories === undefined) return notLookedAt(name, 'not asked');
  if (repositories.kind === 'failed') return failure(name, repositories.words, 'a list', 'see the words before');
  const { total, names } = repositories.value;
  const select = `select the target repositories: ${installation.page}`;
  if (total === 0) return failure(name, 'the installation has none', 'the target repositories', select);
  return fine(name, `${names.slice(0, 5).join(', ')}${total > 5 ? `, and ${total - 5} more` : ''}`);
}

/** A token and a delivery carry times; S3 takes a quarter of an hour, GitHub a minute. */
export function judgeClock(aheadSeconds: number | undefined): Finding {
  if (aheadSeconds === undefined) return notLookedAt('GitHub/clock', 'GitHub has told no time');
  const off = Math.abs(aheadSeconds);
  const seen = `${off.toFixed(0)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} GitHub's`;
  if (off <= 10) return fine('GitHub/clock', `as GitHub's, to ${off.toFixed(0)} s`);
  const judge = off > 60 ? failure : warning;
  return judge(
    'GitHub/clock',
    seen,
    "GitHub's time, to some seconds",
    'timedatectl; chronyc tracking; have the clock set',
  );
}
