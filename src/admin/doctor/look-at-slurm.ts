import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { counted } from '../../counted.ts';
import type { ProgramCall } from '../../outside/processes/program-call.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { slurmArguments } from '../../settings/slurm-arguments.ts';
import { type Finding, failure, fine } from './finding.ts';
import {
  type CommandFacts,
  judgeCommand,
  judgeTrial,
  judgeVersions,
  lacksConfiguration,
  theConfiguration,
} from './judge-slurm.ts';
import type { Side } from './side.ts';
import type { DoctorTools } from './tools.ts';

/** Asks each command of Slurm's for its version, in the environment of the daemon that runs it. */
export async function lookAtCommands(eventHandler: Side, jobManager: Side): Promise<readonly Finding[]> {
  const { submit, cancel } = eventHandler.settings.build;
  const { poll, scontrol } = jobManager.settings.jobManager;
  const beside = (program: string): ProgramCall => ({
    environment: poll.environment,
    program: poll.program.includes('/') ? join(dirname(poll.program), program) : program,
    arguments: [],
  });
  const commands = await Promise.all([
    ask('sbatch', submit, eventHandler.tools, 'submit_command'),
    ask('squeue', poll, jobManager.tools, 'poll_command'),
    ask('scontrol', scontrol, jobManager.tools, 'scontrol_command'),
    ask('scancel', cancel ?? beside('scancel'), eventHandler.tools, cancel && 'cancel_command'),
    ask('sacct', beside('sacct'), jobManager.tools),
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
export async function lookAtQueue({ settings, tools }: Side): Promise<readonly Finding[]> {
  const reading = await tools.slurmOf(settings, tools.environments).readQueue();
  if (reading.kind === 'queue') return [fine('Slurm/queue', `${counted(reading.entries.length, 'job')} of this bot`)];
  const { why } = reading;
  if (lacksConfiguration(why)) return [failure('Slurm/queue', why, ...theConfiguration)];
  return [failure('Slurm/queue', why, 'the jobs of the account', 'scontrol ping; squeue --me')];
}

/** Asks Slurm whether it would take what the bot submits for a node type: nothing is submitted. */
export async function lookAtNodeType(
  nodeType: Pick<NodeType, 'name' | 'slurmParams'>,
  build: Settings['build'],
  tools: Pick<DoctorTools, 'runProgram' | 'environments' | 'slurmMilliseconds'>,
): Promise<readonly Finding[]> {
  const { submit } = build;
  const parameters = slurmArguments(build, nodeType.slurmParams, nodeType.slurmParams, '').slice(0, -1); // without a script
  const words = [...submit.arguments, ...parameters, '--test-only', '--wrap', 'true'];
  const result = await tools.runProgram(
    { ...submit, arguments: words },
    { environment: tools.environments.job, timeoutMilliseconds: tools.slurmMilliseconds, cwd: tmpdir() },
  );
  return [judgeTrial(nodeType.name, parameters, result)];
}
