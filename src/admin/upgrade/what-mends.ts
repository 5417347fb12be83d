import { quoteWord } from '../../daemon/quote-word.ts';

type Rule = readonly [pattern: RegExp, mend: (root: string) => string];

const proxy = 'export HTTPS_PROXY=http://HOST:PORT, as your site tells it';

/** Messages of git and npm, and what an admin types then. The first match counts. */
const rules: readonly Rule[] = [
  [
    /\b407\b.*prox|prox.*\b407\b|\bE407\b/i,
    () =>
      'the proxy wants to know who you are: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, special characters as %XX',
  ],
  [
    /HTTP code 403 from proxy|CONNECT tunnel failed, response 403/,
    () =>
      'the proxy does not let this machine reach that server: ask whoever runs it to, or for a mirror of the registry (npm config set registry ADDRESS)',
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|self.signed certificate|unable to get (local )?issuer|certificate verif(y|ication) failed|CERT_HAS_EXPIRED/i,
    () =>
      'a CA on the way is unknown here: export NODE_EXTRA_CA_CERTS=FILE for npm, git config --global http.sslCAInfo FILE for git, with its certificate',
  ],
  [
    /would clobber existing tag/,
    (root) =>
      `a tag means another commit on the server than here. Ask why it was moved; to take the server's: git -C ${root} fetch --tags --force`,
  ],
  [
    /cannot lock ref .* exists; cannot create|some local refs could not be updated/,
    (root) => `branches that are gone on the server are in the way: git -C ${root} remote prune origin`,
  ],
  [
    /\.lock': File exists|Another git process seems to be running/,
    () => 'wait for the other git; where there is none, remove the file that it names',
  ],
  [
    /dubious ownership|unsafe repository/,
    (root) =>
      `run upgrade as the owner of ${root}; or, where you trust that account: git config --global --add safe.directory ${root}`,
  ],
  [
    /No space left|ENOSPC|disk quota exceeded|EDQUOT|system error -122/i,
    (root) =>
      `make room: df -h ${quoteWord(root)} ~/.npm, quota -s; an npm cache elsewhere: export npm_config_cache=DIRECTORY`,
  ],
  [
    /cache folder contains root-owned files|EACCES.*\/(\.npm|_cacache)\b/s,
    () =>
      "npm's cache is another account's, or in a home that cannot be written: export npm_config_cache=DIRECTORY, one of your own",
  ],
  [/EROFS|read-only file system/i, (root) => `${root} is mounted read-only here: run upgrade where it can be written`],
  [
    /EINTEGRITY/,
    () =>
      'what came is not what package-lock.json names. Once more after: npm cache clean --force; if it stays, a mirror or a proxy changes archives: compare npm config get registry',
  ],
  [
    /FETCH_HEAD'?: Permission denied|insufficient permission for adding an object|EACCES/,
    (root) => `run upgrade as the owner of ${root}`,
  ],
  [
    /could not read (Username|Password)|Authentication failed|Permission denied \(publickey|Repository not found|repository '.*' not found/i,
    (root) =>
      `git gets no access with the account's keys and passwords: look at git -C ${root} remote -v, and try git -C ${root} fetch`,
  ],
  [/Host key verification failed/, () => 'look whether the host key is right, by ssh -T HOST, and accept it'],
  [
    /ENOTFOUND|EAI_AGAIN|Could not resolve (host|proxy)/i,
    () => `no name server of this machine knows it. Behind a proxy: ${proxy}; or run upgrade on a node that reaches it`,
  ],
  [
    /ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|EHOSTUNREACH|Failed to connect|Connection (refused|timed out|reset)|Network is unreachable/i,
    () => `nothing gets through to it from here. Behind a proxy: ${proxy}; or run upgrade on a node that reaches it`,
  ],
];

/** What to do if git could not fetch the program, or npm could not install its packages; undefined: not known. */
export function whatMends(words: string, root: string): string | undefined {
  return rules.find(([pattern]) => pattern.test(words))?.[1](root);
}
