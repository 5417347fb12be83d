import { oneLine } from '../../daemon/one-line.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

/** A command of Slurm's, as it answered `--version`. */
export interface CommandFacts {
  readonly what: 'sbatch' | 'squeue' | 'scontrol' | 'scancel' | 'sacct';
  /** Its setting; absent: it has none. */
  readonly setting?: string;
  readonly program: string;
  readonly result: ProgramResult;
}

/** Slurm's words for a slurm.conf that is not where it looks, and no server that has one. */
export const lacksConfiguration = (said: string) =>
  /DNS SRV lookup failed|s_p_parse_file: (?:unable to status|cannot stat) file (?!.*Stale file handle)/.test(said);

/** What is expected then, and what mends it. */
export const theConfiguration = [
  'the slurm.conf of this cluster',
  'export SLURM_CONF=FILE, or load the module that sets it, where the daemons are started; then start them again',
] as const;

/** The end of what was printed has the cause. */
const longestAnswer = 600;

/** `slurm 23.11.4`, or nothing. */
const versionIn = (result: ProgramResult) =>
  'stdout' in result ? /^slurm(?:-wlm)? (\d+\.\d+\S*)/m.exec(result.stdout)?.[1] : undefined;

/** Whether a command of Slurm exists, answers, and is Slurm's. */
export function judgeCommand({ what, setting, program, result }: CommandFacts): Finding {
  const name = `Slurm/${what}` as const;
  const version = versionIn(result);
  if (version !== undefined) return fine(name, `${program}: ${version}`);
  const seen = tellAnswer(what, result);
  if (what === 'sacct')
    return notLookedAt(name, `${seen}; it is used where it is there: it tells how jobs ended that Slurm has forgotten`);
  if ('stderr' in result && lacksConfiguration(result.stderr)) return failure(name, seen, ...theConfiguration);
  const mend =
    setting === undefined
      ? `put it beside squeue, or name it by cancel_command`
      : `which ${what}; write its path into ${setting}, or its directory into the PATH of the daemons`;
  return failure(name, seen, `${what} of Slurm`, mend);
}

/** The answer to `--version` of what is no command of Slurm's. */
function tellAnswer(what: string, result: ProgramResult): string {
  if (result.kind !== 'exited') return whyProgramFailed(what, result);
  const printed = oneLine(result.stdout || result.stderr).slice(-longestAnswer) || 'nothing';
  return `${what} --version printed: ${printed} (exit status ${result.code})`;
}

/** Commands of two Slurms, or one of an old module. */
export function judgeVersions(commands: readonly CommandFacts[]): Finding[] {
  const versions = new Map<string, string[]>();
  for (const { what, result } of commands) {
    const release = versionIn(result)?.split('.').slice(0, 2).join('.');
    if (release !== undefined) versions.set(release, [...(versions.get(release) ?? []), what]);
  }
  if (versions.size < 2) return [];
  const seen = [...versions].map(([release, whats]) => `${whats.join(', ')} of ${release}`).join('; ');
  return [
    warning('Slurm/versions', seen, 'one version', 'name commands of one Slurm in app.cfg: those beside its sbatch'),
  ];
}

/** Judges what `sbatch --test-only` says about a job for a node type. Texts of Slurm 20.11 to 25.11, always in English. */
export function judgeTrial(nodeType: string, parameters: readonly string[], result: ProgramResult): Finding {
  const name = `Slurm/${nodeType}` as const;
  const given = parameters.join(' ') || 'no parameters';
  const said = 'stderr' in result ? result.stderr : '';
  const when = /to start at (\S+)/.exec(said)?.[1];
  if (result.kind === 'exited' && (result.code === 0 || when !== undefined))
    return fine(name, `${given}: Slurm takes it${when === undefined ? '' : `, to start at ${when}`}`);
  if (lacksConfiguration(said)) return failure(name, `${given}: ${oneLine(said)}`, ...theConfiguration);
  if (result.kind !== 'exited')
    return failure(name, whyProgramFailed('sbatch', result), 'an answer', 'sinfo; scontrol ping');
  const words = oneLine(said.replaceAll(/^sbatch: /gm, '')) || `exit status ${result.code}`;
  const cause = causes.find(([pattern]) => pattern.test(said));
  const [, expected, mend] = cause ?? [undefined, 'that Slurm takes it', `sbatch --test-only ${given} --wrap true`];
  return failure(name, `${given}: ${words}`, expected, mend);
}

const causes: readonly (readonly [RegExp, string, string])[] = [
  [/invalid partition/i, 'a partition of this cluster', "sinfo -o '%P'; correct --partition in slurm_params"],
  [
    /invalid account|account\/partition combination/i,
    'an account that this user may use in that partition',
    'sacctmgr show associations user=$USER format=account,partition,qos; correct --account in slurm_params',
  ],
  [
    /invalid qos/i,
    'a QOS that this user may use',
    'sacctmgr show associations user=$USER format=account,qos; correct --qos in slurm_params',
  ],
  [
    /node configuration is not available|invalid generic resource|CPU count|More processors requested|memory specification/i,
    'what a node of the partition has',
    "sinfo -o '%P %c %m %G'; correct slurm_params",
  ],
  [/invalid feature/i, 'features of the nodes', "sinfo -o '%P %f'; correct --constraint in slurm_params"],
  [/reservation/i, 'a reservation that is there', 'scontrol show reservation; correct --reservation'],
  [
    /time limit/i,
    'a time limit of the partition',
    "sinfo -o '%P %l'; correct --time in slurm_params; where it is in none the bot asks for 24 hours",
  ],
  [
    /unrecognized option|invalid option|requires an argument/i,
    'options of sbatch',
    'sbatch --help; correct slurm_params',
  ],
  [
    /contact slurm controller|Socket timed out|configuration source|Munge|authentication/i,
    'a controller that answers',
    'scontrol ping; systemctl status munge',
  ],
  [/not authorized|access denied|permission/i, 'that this user may submit', 'ask who runs the cluster'],
];
