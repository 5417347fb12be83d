import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { splitWords } from '../../settings/posix-words.ts';
import type { Tools } from '../tools.ts';

/** The fields of the `job` that `det_submit_opts(job)` is given. */
export interface SubmitOptionsInput {
  readonly working_dir: string;
  readonly arch_target: string;
  readonly repo_id: string;
  readonly slurm_opts: string;
  readonly year_month: string;
  readonly pr_id: string;
  readonly accelerator: string | null;
}

const withinMilliseconds = 30_000;
const maximumWords = 100;

// Whatever the module prints is not its answer: that goes to a stream of its own.
const program = `
import collections, json, os, sys
given = json.load(sys.stdin)
answer = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
sys.path.insert(0, given['working_dir'])
import det_submit_opts
job = collections.namedtuple('Job', given.keys())(**given)
json.dump(det_submit_opts.det_submit_opts(job), answer)
answer.close()
`;

/**
 * Asks the pull request's `det_submit_opts.py` for the parameters of its target, where there is one. It is foreign code: it runs in a
 * child without secrets, for 30 s at most, and its answer is data. Words of the site (`own`: those of the target) may be handed back.
 */
export async function determineSubmitOptions(
  input: SubmitOptionsInput,
  own: readonly string[],
  slurmParams: readonly string[],
  tools: Pick<Tools, 'runProgram' | 'environments'>,
): Promise<{ readonly words: readonly string[] } | { readonly problem: string }> {
  const isThere = await lstat(join(input.working_dir, 'det_submit_opts.py')).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isThere) return { words: own };
  const result = await tools.runProgram(
    { program: 'python3', arguments: ['-B', '-c', program] },
    {
      cwd: input.working_dir,
      environment: { ...tools.environments.job, PYTHONDONTWRITEBYTECODE: '1' },
      input: JSON.stringify(input),
      timeoutMilliseconds: withinMilliseconds,
      maxBuffer: 100_000,
    },
  );
  switch (result.kind) {
    case 'exited':
      return result.code === 0
        ? readAnswer(result.stdout, [own, slurmParams], tools.environments.job)
        : { problem: `det_submit_opts.py failed: ${result.stderr.trim().split('\n').at(-1) ?? 'it said nothing'}` };
    case 'timed-out':
      return { problem: `det_submit_opts.py did not answer within ${withinMilliseconds / 1000} s` };
    case 'too-much-output':
      return { problem: 'det_submit_opts.py printed too much' };
    case 'killed':
      return { problem: `det_submit_opts.py was killed by ${result.signal}` };
    case 'not-started':
      return { problem: `det_submit_opts.py could not be run: ${result.message}` };
  }
}

function readAnswer(stdout: string, sites: Lists, environment: Readonly<Record<string, string>>) {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    return { problem: 'det_submit_opts.py gave no answer' };
  }
  if (typeof answer !== 'string') return { problem: 'det_submit_opts(job) must return a text of sbatch parameters' };
  const split = splitWords(answer, environment);
  if ('problem' in split) return { problem: `the answer of det_submit_opts(job) ${split.problem}` };
  if (split.words.length > maximumWords) return { problem: `det_submit_opts(job) returned over ${maximumWords} words` };
  const refused = findRefused(split.words, sites);
  if (refused !== undefined)
    return { problem: `det_submit_opts(job) returned ${refused}, which is the site's to decide; leave it out` };
  return split;
}

type Lists = readonly (readonly string[])[];

// What would submit something else, as somebody else, elsewhere, or so that the bot could not tell what was submitted.
const withValue = 'array chdir export export-file gid uid workdir wrap'.split(' ');
const withoutValue = 'get-user-env help parsable quiet test-only usage version wait'.split(' ');
/** sbatch takes short options in one word: those without a value may stand before one of ours. */
const letters = /^-[HIkOQsvWhV]*[aDQWhV]/;
const letterBeforeValue = /^-[HIkOQsvWhV]*[aD]$/;

/**
 * The first word that is one of sbatch's options that no pull request may set, if there is one; sbatch takes any beginning of a name for
 * it. What a site's own list of words has, with the same value, is the site's.
 */
export function findRefused(words: readonly string[], sites: Lists): string | undefined {
  return words.find((word, at) => isRefused(word) && !sites.some((site) => isIn(site, word, words[at + 1])));
}

function isIn(site: readonly string[], word: string, next: string | undefined): boolean {
  return site.some((each, at) => each === word && (!takesNext(word) || site[at + 1] === next));
}

function isRefused(word: string): boolean {
  const name = /^--([^=]+)/.exec(word)?.[1];
  if (name === undefined) return letters.test(word);
  return [...withValue, ...withoutValue].some((refused) => refused.startsWith(name));
}

/** Whether the next word is its value. */
function takesNext(word: string): boolean {
  const name = /^--([^=]+)$/.exec(word)?.[1];
  return name === undefined ? letterBeforeValue.test(word) : withValue.some((refused) => refused.startsWith(name));
}
