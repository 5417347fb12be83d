import { hostname, userInfo } from 'node:os';
import type { Job } from './job.ts';

/** What Slurm adds to the environment of a batch script (the part that scripts look at). */
export function jobEnvironment(job: Job): Record<string, string> {
  const { username, uid, gid } = userInfo();
  const cpus = String(job.cpus);
  return {
    SLURM_JOB_ID: job.id,
    SLURM_JOBID: job.id,
    SLURM_JOB_NAME: job.name,
    SLURM_JOB_PARTITION: job.partition,
    SLURM_JOB_USER: username,
    SLURM_JOB_UID: String(uid),
    SLURM_JOB_GID: String(gid),
    SLURM_JOB_NODELIST: 'n1',
    SLURM_NODELIST: 'n1',
    SLURM_JOB_NUM_NODES: '1',
    SLURM_NNODES: '1',
    SLURM_JOB_CPUS_PER_NODE: cpus,
    SLURM_CPUS_ON_NODE: cpus,
    SLURM_TASKS_PER_NODE: '1',
    SLURM_SUBMIT_DIR: job.submitDir,
    SLURM_SUBMIT_HOST: hostname(),
    SLURM_CLUSTER_NAME: 'bot',
    SLURMD_NODENAME: 'n1',
    SLURM_NODEID: '0',
    SLURM_PROCID: '0',
    SLURM_LOCALID: '0',
  };
}
