export interface SlurmSettings {
  /** How long an ended job stays known. Slurm looks about once a minute. */
  readonly minJobAgeSeconds?: number;
  readonly nodes?: number;
  readonly cpusPerNode?: number;
  readonly partitions?: readonly string[];
  readonly clusterName?: string;
  /** slurmdbd and MariaDB: sacct answers. Needs the Debian packages slurmdbd and mariadb-server. */
  readonly accounting?: boolean;
  /** A job that takes more memory than it asked for is ended (see canLimitMemory). */
  readonly memoryLimits?: boolean;
  /** Lines for the end of slurm.conf. */
  readonly extraConfiguration?: string;
}

export interface Place {
  readonly directory: string;
  readonly host: string;
  readonly controllerPort: number;
  readonly accountingPort: number;
  readonly nodes: readonly { readonly name: string; readonly port: number }[];
  readonly mungeSocket: string;
}

/** slurm.conf of a whole cluster on this machine: every node is another slurmd here, with more CPUs than there are. */
export function slurmConf(place: Place, settings: SlurmSettings): string {
  const { directory, host } = place;
  const cpus = settings.cpusPerNode ?? 8;
  const nodes = place.nodes.map(
    ({ name, port }) =>
      `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=${cpus} CoresPerSocket=${cpus} RealMemory=2000`,
  );
  const partitions = (settings.partitions ?? ['main', 'other']).map(
    (name, index) =>
      `PartitionName=${name} Nodes=ALL Default=${index === 0 ? 'YES' : 'NO'} MaxTime=INFINITE OverSubscribe=NO State=UP`,
  );
  return `ClusterName=${settings.clusterName ?? 'bot'}
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${place.controllerPort}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A requeued job waits until its credential has expired.
AuthInfo=socket=${place.mungeSocket},cred_expire=20
CredType=cred/munge
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool-%n
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/slurmd-%n.pid
SlurmctldLogFile=${directory}/log/slurmctld.log
SlurmdLogFile=${directory}/log/slurmd-%n.log
# Nodes are believed to have what is written here, and nothing of the machine is touched: no cgroups, no measuring.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=${settings.memoryLimits ? 'task/cgroup' : 'task/none'}
JobAcctGatherType=jobacct_gather/none
${settings.accounting ? accounting(place) : 'AccountingStorageType=accounting_storage/none'}
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=${settings.memoryLimits ? 'CR_Core_Memory\nDefMemPerCPU=100' : 'CR_Core'}
PriorityType=priority/basic
# Schedules at once.
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,bf_interval=1
MinJobAge=${settings.minJobAgeSeconds ?? 300}
JobRequeue=0
KillWait=2
InactiveLimit=0
# Short, so that a controller that is down is noticed soon.
MessageTimeout=5
SlurmctldTimeout=10
SlurmdTimeout=30
ReturnToService=2
${nodes.join('\n')}
${partitions.join('\n')}
${settings.extraConfiguration ?? ''}
`;
}

function accounting({ accountingPort, mungeSocket }: Place): string {
  return `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort=${accountingPort}
AccountingStoragePass=${mungeSocket}`;
}

/** slurmdbd.conf, to lie beside slurm.conf. */
export function slurmdbdConf({ directory, accountingPort, mungeSocket }: Place): string {
  return `AuthType=auth/munge
AuthInfo=socket=${mungeSocket}
DbdHost=localhost
DbdPort=${accountingPort}
SlurmUser=root
LogFile=${directory}/log/slurmdbd.log
PidFile=${directory}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
`;
}

/** cgroup.conf, to lie beside slurm.conf. */
export const cgroupConf = `CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
`;
