import { counted } from '../counted.ts';
import { complain, say } from '../daemon/terminal.ts';
import { ignoredDefaults } from '../outside/processes/child-environment.ts';
import { describeProblem } from './describe-problem.ts';
import { loadSettings } from './load-settings.ts';
import type { Problem, SettingsReading } from './settings.ts';
import type { ConfigFiles } from './watch-settings.ts';

/**
 * Reads the configuration at the start of a program and prints the outcome: `Configuration check: PASSED`, or each problem on stderr.
 * `further`: problems found elsewhere, such as in the environment; all are printed together. Undefined: exit with status 2.
 */
export async function checkConfiguration(
  files: ConfigFiles,
  further: readonly Problem[],
): Promise<Extract<SettingsReading, { kind: 'settings' }> | undefined> {
  const { reading, warnings, problems } = await readConfiguration(files, further);
  for (const warning of warnings) complain(`warning: ${describeProblem(warning)}`);
  if (reading.kind === 'problems' || problems.length > 0) {
    for (const problem of problems) complain(`error: ${describeProblem(problem)}`);
    complain(`Configuration check: FAILED (${counted(problems.length, 'problem')})`);
    return undefined;
  }
  say('Configuration check: PASSED');
  return reading;
}

/** The outcome of the check as text. */
export async function readConfiguration(
  { appCfgPath, environment, workingDirectory }: ConfigFiles,
  further: readonly Problem[] = [],
): Promise<{
  readonly reading: SettingsReading;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}> {
  const reading = await loadSettings(appCfgPath, environment, workingDirectory);
  const warnings = [...reading.warnings, ...environmentWarnings(environment)];
  return { reading, problems: [...problemsOf(reading), ...further], warnings };
}

function environmentWarnings(environment: ConfigFiles['environment']): Problem[] {
  const message =
    "is set and does not count for the bot's jobs; what they need of it belongs in slurm_params of app.cfg, as an option of sbatch";
  return ignoredDefaults(environment).map((key) => ({ file: 'environment', key, message }));
}

function problemsOf(reading: SettingsReading): readonly Problem[] {
  return reading.kind === 'problems' ? reading.problems : [];
}
