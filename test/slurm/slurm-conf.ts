export interface SlurmSettings {
  /** How long an ended job stays known. Slurm looks about once a minute. */
  readonly minJobAgeSeconds?: number;
  readonly nodes?: number;
  readonly cpusPerNode?: number;
  readonly partitions?: readonly string[];
  readonly clusterName?: string;
  /** Lines for the end of slurm.conf. */
  readonly extraConfiguration?: string;
}

interface Place {
  readonly directory: string;
  readonly host: string;
  readonly controllerPort: number;
  readonly nodePorts: readonly number[];
  readonly mungeSocket: string;
}

/** slurm.conf of a whole cluster on this machine: every node is another slurmd here, with more CPUs than there are. */
export function slurmConf(place: Place, settings: SlurmSettings): string {
  const { directory, host } = place;
  const cpus = settings.cpusPerNode ?? 8;
  const nodes = place.nodePorts.map(
    (port, index) =>
      `NodeName=n${index + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=${cpus} CoresPerSocket=${cpus} RealMemory=2000`,
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
AuthInfo=socket=${place.mungeSocket}
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
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
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
