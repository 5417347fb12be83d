import type { SubmissionAnswer } from './slurm.ts';

type Verdict = Exclude<SubmissionAnswer['kind'], 'submitted'>;

/**
 * Judges an sbatch that failed without printing an id. Slurm sets no locale, so its words are always English: those of Slurm 20.11 to 26.05
 * are in test/wild/slurm.
 */
export function judgeFailedSubmission(said: string, exitCode: number): Verdict {
  // Not in quotes: that is an option's value.
  const attempt = [...said.matchAll(/^[^"'\n]*Batch job submission failed: (.*)$/gm)].at(-1)?.[1];
  if (attempt !== undefined) return neverSent.test(said) ? 'unavailable' : judgeAttempt(attempt);
  if (notSetUp.test(said)) return 'unavailable';
  if (answerLost.test(said)) return 'unsure';
  const isRefused = ownRefusal.test(said) || (isNotRun.has(exitCode) && noProgram.test(said));
  return isRefused ? 'refused' : 'unsure';
}

/** slurm_errno.c. sbatch itself retries only after definite answers, so the last one counts. */
function judgeAttempt(errno: string): Verdict {
  if (comesLater.test(errno)) return 'unavailable';
  return answerLost.test(errno) || answerOdd.test(errno) ? 'unsure' : 'refused';
}

/** The request's credential could not be made: munged or sackd is down. */
const neverSent = /Munge encode failed|auth_g_create: \S+ has authentication error/;

/** Before any submission: many sites get the configuration from slurmctld, and addresses of other clusters from slurmdbd. */
const notSetUp =
  /Could not establish a configuration source|Unable to process configuration file|problem talking to the database|can't be reached now|No clusters can be reached now/i;

const comesLater = new RegExp(
  [
    // No connection was made.
    String.raw`slurm controller \(connect failure\)|Unable to contact slurm controller$|Communication connection failure`,
    "Connection timed out establishing|Can't find an address|Connection refused|No route to host|Network is unreachable|Host is down",
    'Name or service not known|Temporary failure in name resolution',
    // slurmctld's own words.
    'Slurm backup controller in standby mode|Controller is in standby mode|Rate limit exceeded|try again|Resource temporarily unavailable',
    'MaxJobCount limit reached|Requested nodes are busy|Required ports are in use|System submissions disabled',
    // Slurm is being upgraded, or partly down.
    'Incompatible versions of client and server|I/O error writing script|Unable to connect to database|Database connection reference is invalid',
    'Invalid authentication credential|Authentication credential (invalid|expired)|Failed to connect to authentication agent',
  ].join('|'),
);

const answerLost =
  /Socket timed out|Unexpected message received|Zero Bytes were transmitted|Message (send|receive) failure|Communication shutdown failure|slurm controller \((send|receive|shutdown) failure\)|Insane message length|Connection reset|Broken pipe|not connected|timed out/i;

/** Not usable as answers: from a newer or older slurmctld, or unverified. */
const answerOdd =
  /^(No error|Success|Unknown negative error number)$|now in progress|Interrupted system call|would block|Received (zero length message|message length)|Failed to send entire message|Header lengths are longer|stream version number error|Protocol authentication error|Cannot unpack credential|Connection rejected by handler|quiesce timeout|Unable to process (incoming|outgoing)/;

/** Words of sbatch and getopt, under any name; not "… sleeping and retrying". A failed wrapper (ssh, …) knows nothing of Slurm. */
const ownRefusal =
  /^\S+: (error|fatal): (?!.*retrying$)|^\S+: (unrecognized option|invalid option|option .*(argument|ambiguous))|^Try "\S+ --help"|^\S+: (error while loading shared libraries|symbol lookup error): |^\S+: .*version `\S+' not found/m;

/** A shell's exit codes. */
const isNotRun: ReadonlySet<number> = new Set([126, 127]);
const noProgram = /not found|No such file or directory|Permission denied/;
