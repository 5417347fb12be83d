import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProgramCall } from '../../outside/processes/program-call.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { type Finding, failure, fine } from './finding.ts';
import { type CommandFacts, judgeCommand, judgeTrial, judgeVersions } from './judge-slurm.ts';
import type { DoctorTools } from './tools.ts';

/** Asks each command of Slurm's for its version. */
export async function lookAtCommands(settings: Settings, tools: DoctorTools): Promise<readonly Finding[]> {
  const { submit, cancel } = settings.build;
  const { poll, scontrol } = settings.jobManager;
  const beside = (program: string): ProgramCall => ({
    environment: poll.environment,
    program: poll.program.includes('/') ? join(dirname(poll.program), program) : program,
    arguments: [],
  });
  const commands = await Promise.all([
    ask('sbatch', submit, tools, 'submit_command'),
    ask('squeue', poll, tools, 'poll_command'),
    ask('scontrol', scontrol, tools, 'scontrol_command'),
    ask('scancel', cancel ?? beside('scancel'), tools, cancel && 'cancel_command'),
    ask('sacct', beside('sacct'), tools),
  ]);
  return [...commands.map(judgeCommand), ...judgeVersions(commands)];
}

async function ask(
  what: CommandFacts['what'],
  { environment, program }: ProgramCall,
  { runProgram, environments, slurmMilliseconds }: DoctorTools,
  setting?: string,
): Promise<CommandFacts> {
  const result = await runProgram(
    { environment, program, arguments: ['--version'] },
    { environment: environments.slurm, timeoutMilliseconds: slurmMilliseconds },
  );
  return { what, program, result, ...(setting !== undefined && { setting }) };
}

/** Reads the queue as the job manager does. */
export async function lookAtQueue(settings: Settings, { slurmOf }: DoctorTools): Promise<readonly Finding[]> {
  const reading = await slurmOf(settings).readQueue();
  if (reading.kind === 'queue') return [fine('Slurm/queue', `${reading.entries.length} jobs of this bot`)];
  return [failure('Slurm/queue', reading.why, 'the jobs of the account', 'scontrol ping; squeue --me')];
}

/** Asks Slurm whether it would take a job of a node type: nothing is submitted. */
export async function lookAtNodeType(
  nodeType: NodeType,
  { build }: Settings,
  tools: DoctorTools,
): Promise<readonly Finding[]> {
  const { submit, slurmParams } = build;
  const parameters = [...slurmParams, ...nodeType.slurmParams];
  const words = [...submit.arguments, ...parameters, '--test-only', '--wrap', 'true'];
  const result = await tools.runProgram(
    { ...submit, arguments: words },
    { environment: tools.environments.job, timeoutMilliseconds: tools.slurmMilliseconds, cwd: tmpdir() },
  );
  return [judgeTrial(nodeType.name, parameters, result)];
}
