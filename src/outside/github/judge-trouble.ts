import type { Outcome, Verdict } from '../../daemon/troubles.ts';
import { RefusedByGitHub, TryAgainLater, Unsure } from './github.ts';

const asApp = new Set(['listDeliveries', 'readDelivery', 'readOwnLogin']);

/** What an answer of GitHub's says of the App and of its installation. That something is gone, or refused, says nothing of either. */
export function judgeGitHub({ method, ...outcome }: Outcome): Verdict | undefined {
  const kind = asApp.has(method) ? 'app' : 'installation';
  if (outcome.kind === 'answered') return outcome.answer === 'gone' ? undefined : { kind };
  const { error } = outcome;
  const isAboutUs = asApp.has(method) || method === 'readToken';
  const counts =
    error instanceof TryAgainLater || error instanceof Unsure || (isAboutUs && error instanceof RefusedByGitHub);
  return counts ? { kind, words: adviceOn(error.message) } : undefined;
}

// GitHub's words -> what to look at. The first that fits; sources in test/wild/github-refusals.
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /could not be decoded|Bad credentials/i,
    'private_key is not a key of the App that app_id names: compare both with the page of the App',
  ],
  [/Integration not found/i, 'there is no App with this app_id: copy it from the page of the App'],
  [
    /claim \('?(exp|iat)'?\)|'Issued at' claim/i,
    "this machine's clock is wrong: compare it with GitHub's (chronyc tracking, timedatectl)",
  ],
  [/suspended/i, "the installation is suspended: the owner resumes it in GitHub's settings, under installed Apps"],
  [/IP allow list/i, "the organization lets only listed addresses in: its owner adds this machine's address"],
  [/SAML|single sign-on/i, 'the organization wants single sign-on: its owner authorises the App'],
  [
    /not accessible by integration/i,
    'the App lacks a permission, or the owner has not accepted it yet: see the set-up in README.md',
  ],
  [/rate limit|asks to wait/i, 'nothing to do: the bot waits as long as GitHub asks it to'],
  [
    /gives the App no token \(404\)/,
    'the App has no installation with this installation_id: copy it from the address of the page of the installation',
  ],
  [
    /certificate/i,
    "this machine does not trust the certificate: name the file of the site's CA by NODE_EXTRA_CA_CERTS",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "the name does not resolve: look at GITHUB_API_URL, the machine's DNS, or HTTPS_PROXY"],
  [
    /ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|fetch failed|timeout|timed out/i,
    'GitHub cannot be reached from here: look at the network, GITHUB_API_URL, HTTPS_PROXY',
  ],
];

/** GitHub's words, and what to look at where that is known. */
function adviceOn(words: string): string {
  const [, what] = advice.find(([pattern]) => pattern.test(words)) ?? [];
  return what === undefined ? words : `${words}; ${what}`;
}
