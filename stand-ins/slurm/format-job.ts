import { hostname, userInfo } from 'node:os';
import { longDuration, slurmTime } from './durations.ts';
import type { Job } from './job.ts';
import { outputFile } from './plan-submission.ts';

/** A job as `scontrol show job` prints it. */
export function formatJob(job: Job, oneLine: boolean, now: number): string {
  return oneLine ? `${lines(job, now).join(' ')} ` : `${lines(job, now).join('\n   ')}\n   \n`;
}

function lines(job: Job, now: number): string[] {
  const { username, uid, gid } = userInfo();
  const ran = job.started !== undefined;
  const limit = job.timeLimitMinutes;
  const expectedEnd = ran && limit !== undefined ? (job.started ?? 0) + limit * 60_000 : undefined;
  const start = job.started ?? job.ended ?? (job.begin !== undefined && job.begin > now ? job.begin : undefined);
  const tasks = !ran && job.ended !== undefined ? 'N/A' : job.cpus;
  const memory = ran ? '' : 'mem=2000M,';
  return [
    `JobId=${job.id} JobName=${job.name}`,
    `UserId=${username}(${uid}) GroupId=${username}(${gid}) MCS_label=N/A`,
    `Priority=${job.held ? 0 : 4294901760 - Number(job.id)} Nice=0 Account=(null) QOS=(null)`,
    `JobState=${job.state} Reason=${job.reason} Dependency=(null)`,
    `Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=${job.exitCode}`,
    `RunTime=${longDuration(ran ? ((job.ended ?? now) - (job.started ?? 0)) / 1000 : 0)} TimeLimit=${limit === undefined ? 'UNLIMITED' : longDuration(limit * 60)} TimeMin=N/A`,
    `SubmitTime=${slurmTime(job.submitted)} EligibleTime=${slurmTime(job.eligible)}`,
    `AccrueTime=${slurmTime(job.eligible)}`,
    `StartTime=${slurmTime(start)} EndTime=${slurmTime(job.ended ?? expectedEnd)} Deadline=N/A`,
    `SuspendTime=None SecsPreSuspend=0 LastSchedEval=${slurmTime(job.started ?? job.submitted)} Scheduler=Main`,
    `Partition=${job.partition} AllocNode:Sid=${hostname()}:1`,
    'ReqNodeList=(null) ExcNodeList=(null)',
    `NodeList=${ran ? 'n1' : ''}`,
    ...(ran ? ['BatchHost=n1'] : []),
    `NumNodes=1 NumCPUs=${job.cpus} NumTasks=${tasks} CPUs/Task=1 ReqB:S:C:T=0:0:*:*`,
    `TRES=cpu=${job.cpus},${memory}node=1,billing=${job.cpus}`,
    'Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*',
    'MinCPUsNode=1 MinMemoryNode=0 MinTmpDiskNode=0',
    'Features=(null) DelayBoot=00:00:00',
    'OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)',
    `Command=${job.command}`,
    `WorkDir=${job.workDir}`,
    `StdErr=${outputFile(job)}`,
    'StdIn=/dev/null',
    `StdOut=${outputFile(job)}`,
    'Power=',
  ];
}
