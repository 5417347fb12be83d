import { join } from 'node:path';
import { isRealFile } from '../../outside/files/is-real.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { splitWords } from '../../settings/posix-words.ts';
import type { BuildSettings } from '../../settings/settings.ts';
import type { Tools } from '../tools.ts';

/** The `job` that `det_submit_opts(job)` gets. */
interface SubmitOptionsInput {
  readonly working_dir: string;
  readonly arch_target: string;
  readonly repo_id: string;
  readonly slurm_opts: string;
  readonly year_month: string;
  readonly pr_id: string;
  readonly accelerator: string | null;
  /** Login of the account that ordered the job. */
  readonly owner: string;
  /** The options of the command for sbatch. */
  readonly submit_opts: string;
}

const withinMilliseconds = 30_000;
const maximumWords = 100;

// The answer goes to a stream of its own, so that the module may print.
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
 * Asks the pull request's `det_submit_opts.py`, if there is one, for the options of a target. It is foreign code: it runs in a child without
 * secrets, for 30 s at most, and its answer is data. It may hand back the site's options (`own`: those of the target).
 */
export async function determineSubmitOptions(
  input: SubmitOptionsInput,
  own: readonly string[],
  { slurmParams, allowedDetSubmitOpts }: Pick<BuildSettings, 'slurmParams' | 'allowedDetSubmitOpts'>,
  tools: Pick<Tools, 'runProgram' | 'environments'>,
): Promise<{ readonly words: readonly string[] } | { readonly problem: string }> {
  if (!(await isRealFile(join(input.working_dir, 'det_submit_opts.py')))) return { words: own };
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
  if (result.kind === 'exited' && result.code === 0)
    return readAnswer(
      result.stdout,
      { sites: [own, slurmParams], added: allowedDetSubmitOpts },
      tools.environments.job,
    );
  const why = whyProgramFailed('det_submit_opts.py', result);
  return { problem: result.kind === 'not-started' ? `det_submit_opts.py could not be run: ${why}` : why };
}

/** Reads the answer, JSON: the options for sbatch, or why it is refused as a whole. */
export function readAnswer(
  stdout: string,
  may: Allowed,
  environment: Readonly<Record<string, string>>,
): { readonly words: readonly string[] } | { readonly problem: string } {
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
  const odd = split.words.find((word) => /\p{Cc}/u.test(word));
  if (odd !== undefined)
    return {
      problem: `det_submit_opts(job) returned ${JSON.stringify(odd)}, with a control character; leave that out`,
    };
  const refused = findRefused(split.words, may);
  if (refused !== undefined)
    return {
      problem: `det_submit_opts(job) returned ${refused}, which is the site's to decide; leave it out, or ask for it in slurm_params or allowed_det_submit_opts`,
    };
  return split;
}

type Lists = readonly (readonly string[])[];

/** What the answer may hold besides the list below: the site's own options, and those of allowed_det_submit_opts, `--name` or `--name=`. */
interface Allowed {
  readonly sites: Lists;
  readonly added: readonly string[];
}

/** Options that a pull request may always set: the resources of its job, and where it runs. By sbatch(1), all versions since 20.11. */
const needsValue: Readonly<Record<string, string>> = Object.fromEntries(
  `account=A constraint=C cores-per-socket core-spec=S cpus-per-gpu cpus-per-task=c exclude=x gpu-bind gpu-freq gpus=G gpus-per-node
   gpus-per-socket gpus-per-task gres gres-flags hint licenses=L mem mem-bind mem-per-cpu mem-per-gpu mincpus network nodelist=w nodes=N
   ntasks=n ntasks-per-core ntasks-per-gpu ntasks-per-node ntasks-per-socket partition=p prefer qos=q reservation
   sockets-per-node switches thread-spec threads-per-core time=t time-min tmp tres-bind tres-per-task comment`
    .split(/\s+/)
    .map((each) => each.split('=') as [string, string?])
    .map(([name, letter = '']) => [name, letter]),
);
/** If their value has a slash, sbatch reads a file of that name. */
const takesFile = ['nodelist', 'w', 'exclude', 'x'];
/** With or without a value in the same word. */
const mayHaveValue = 'exclusive';
const needsNone = new Set([
  'contiguous',
  'hold',
  'no-requeue',
  'oversubscribe',
  'overcommit',
  'requeue',
  'spread-job',
  'use-min-nodes',
]);
const lettersWithoutValue = /^-[HOsk]$/;

/**
 * The first word that a pull request may not pass to sbatch, if there is one: an option that is not in the list above or is abbreviated, an
 * option without its value, and anything else, since sbatch takes that for the script. The site's own options, with the same values, are
 * allowed.
 */
export function findRefused(words: readonly string[], { sites, added }: Allowed): string | undefined {
  for (let at = 0; at < words.length; ) {
    const size = sizeOfSites(words, at, sites) ?? sizeOfAllowed(words, at) ?? sizeOfAdded(words, at, added);
    if (size === undefined) return words[at];
    at += size;
  }
  return undefined;
}

/** How many words from `at` are an option of the site: the option, and its value if that is a word of its own. */
function sizeOfSites(words: readonly string[], at: number, sites: Lists): number | undefined {
  for (const site of sites) {
    for (const [index, word] of site.entries()) {
      if (word !== words[at] || !isOption(word)) continue;
      const value = site[index + 1];
      if (value === undefined || isOption(value)) return 1;
      if (value === words[at + 1]) return 2;
    }
  }
  return undefined;
}

function sizeOfAllowed(words: readonly string[], at: number): number | undefined {
  const [word = '', next] = words.slice(at, at + 2);
  const [, name = '', value] = /^--([a-z-]+)(=.*)?$/s.exec(word) ?? [];
  if (name === mayHaveValue || (needsNone.has(name) && value === undefined) || lettersWithoutValue.test(word)) return 1;
  const letters = Object.values(needsValue).filter((letter) => letter !== '');
  const isLetter = letters.includes(word.slice(1, 2)) && /^-[^-]/.test(word);
  if (!Object.hasOwn(needsValue, name) && !isLetter) return undefined;
  const inWord = isLetter ? word.slice(2) || undefined : value;
  if (inWord === undefined && (next === undefined || isOption(next))) return undefined;
  const isFile = takesFile.includes(isLetter ? word.slice(1, 2) : name) && (inWord ?? next)?.includes('/');
  return isFile ? undefined : inWord === undefined ? 2 : 1;
}

/** Always one word: only sbatch knows whether the next one is its value. */
function sizeOfAdded(words: readonly string[], at: number, added: readonly string[]): number | undefined {
  const [option] = /^--[^=]+=?/.exec(words[at] ?? '') ?? [];
  return option !== undefined && added.includes(option) ? 1 : undefined;
}

const isOption = (word: string) => word.startsWith('-');
