// GitHub's words, or the network's -> what to check. The first match counts; sources in test/wild/github-refusals.
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
  [/suspended/i, "the installation is suspended: its owner unsuspends it in GitHub's settings, under installed Apps"],
  [/IP allow list/i, "the organization lets only listed addresses in: its owner adds this machine's address"],
  [/SAML|single sign-on/i, 'the organization wants single sign-on: its owner authorises the App'],
  [
    /not accessible by integration|must have .* (?:rights|permission)/i,
    "the App needs the permission (docs/setup.md, step 3), and the owner accepts it on the installation's page",
  ],
  [/rate limit|asks to wait/i, 'nothing to do: the bot waits as long as GitHub asks it to'],
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

/** What somebody can do about a failed request, if its words tell. */
export function adviceOn(words: string): string | undefined {
  return advice.find(([pattern]) => pattern.test(words))?.[1];
}
