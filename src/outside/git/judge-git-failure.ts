/**
 * `later`: git's server, or the way to it, failed; retry. `refused`: it answered: no such repository, branch or commit, no permission.
 * `unknown`: no rule knows it; a conflict, or a damaged mirror. `message`: what git printed, from 1.8 on, over https or ssh, in whole lines.
 */
export function judgeGitFailure(message: string): 'later' | 'refused' | 'unknown' {
  const lines = message.split(/[\r\n]+/).map((line) => line.trim());
  const isSaid = (rules: readonly RegExp[]) => lines.some((line) => rules.some((rule) => rule.test(line)));
  if (isSaid(answers)) return 'refused';
  return isSaid(noAnswers) ? 'later' : 'unknown';
}

// Each rule begins at the beginning of a line: file names, which strangers choose, stand further behind.

/** The server's, or ssh's, last word. Git adds lines as if the connection had broken. */
const answers: readonly RegExp[] = [
  /^(?:fatal|error): .*\bThe requested URL returned error: 4(?!08|25|29)\d\d\b/,
  /^error: RPC failed;.* HTTP(?: code =)? 4(?!08|25|29)\d\d\b/,
  /^(?:fatal|error): .*\bReceived HTTP code 4(?!08|29)\d\d from proxy\b/,
  /^(?:fatal|error): .*\b(?:URL rejected|URL using bad\/illegal format|Protocol .* not supported)/,
  /^(?:.*: )?Permission denied \(/,
  /^Host key verification failed/,
  /^(?:remote: |ERROR: )+(?:Repository not found|Permission to |The '.*' organization has|Your account is suspended)/,
  /^fatal: (?:Authentication failed|could not read (?:Username|Password)|[Rr]epository '.*' not found)/,
  /^fatal: (?:[Cc]ouldn't find remote ref|'.*' does not appear to be a git repository)/,
  // fsckObjects of the account's configuration: what was sent will not be another.
  /^fatal: (?:fsck error in pack|Error in object)/,
  /^(?:fatal: )?(?:remote error: |error: Server does not allow request).*(?:not our ref|unadvertised object)/,
];

const noAnswers: readonly RegExp[] = [
  // curl: git could not reach the server. A bad certificate counts, too: the admin has to fix it, not the author.
  /^(?:fatal|error): unable to access '/,
  /^error: .* while accessing \S+$/,
  /^error: RPC failed;/,
  // The transfer broke off, or the answer is not git's protocol.
  /^fatal: [Tt]he remote end hung up/,
  /^fatal: (?:early EOF|read error: |write error: |unable to (?:connect to|look up) )/,
  /^fatal: (?:fetch-pack: unexpected disconnect|error reading section header|expected |protocol error: |git fetch[-_]pack: )/,
  /^fatal: (?:pack has |pack is corrupted|pack signature mismatch|serious inflate |premature end of pack)/,
  /^fatal: (?:fetch-pack: )?(?:invalid )?index-pack (?:failed|output)/,
  /^fatal: unpack-objects (?:failed|died)/,
  /^error: (?:inflate: |\d+ bytes of body are still expected|unable to rewind rpc post data)/,
  // The server's own words.
  /^(?:fatal: )?remote(?: error)?: .*\b(?:Internal Server Error|Service Unavailable|Bad Gateway|Gateway Time-?out|rate[- ]limit|too many|temporarily|try again|timed? ?out|maintenance)\b/i,
  /^remote: aborting due to possible repository corruption on the remote side/,
  // ssh
  /^ssh: (?:connect to host|Could not resolve hostname) /,
  /^(?:kex|ssh)_exchange_identification: /,
  /^(?:kex_exchange|banner exchange|client_loop|packet_write_(?:wait|poll)|ssh_dispatch_run_fatal|Read from remote host|Timeout, server|Write failed)\b/,
  /^Connection (?:closed|reset|timed out|to \S+ (?:closed|timed out))\b/,
  // Said of a git that printed nothing for long.
  /^git \S+ was ended: it had said nothing/,
];
