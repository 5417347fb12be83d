import type { OptionTable } from './options.ts';

const flags =
  'H:hold k:no-kill O:overcommit Q:quiet s:oversubscribe v:verbose W:wait V:version h:help contiguous ignore-pbs no-requeue parsable reboot requeue spread-job usage use-min-nodes test-only';
const optional = 'exclusive export get-user-env nice propagate';
const required =
  'a:array A:account b:begin c:cpus-per-task d:dependency D:chdir e:error i:input J:job-name L:licenses M:clusters m:distribution n:ntasks N:nodes o:output p:partition q:qos S:core-spec t:time C:constraint F:nodefile w:nodelist x:exclude B:extra-node-info G:gpus bb bbf comment cpu-freq deadline delay-boot export-file gid gres gres-flags container mail-type mail-user mcs-label ntasks-per-node power priority profile signal switches thread-spec time-min uid wckey wrap cluster-constraint mem mincpus reservation tmp mem-per-cpu sockets-per-node cores-per-socket threads-per-core ntasks-per-core ntasks-per-socket cpus-per-gpu gpu-bind gpu-freq gpus-per-node gpus-per-socket gpus-per-task mem-per-gpu hint network mem-bind';

const rows = (text: string, value: 'none' | 'optional' | 'required') =>
  text.split(' ').map((word) => {
    const [short, name] = word.includes(':') ? word.split(':') : [undefined, word];
    return [name ?? '', short === undefined ? { value } : { short, value }] as const;
  });

/** The options of sbatch 22.05: those that we do not obey are known all the same, so that the script is found among the words. */
export const sbatchOptions: OptionTable = Object.fromEntries([
  ...rows(flags, 'none'),
  ...rows(optional, 'optional'),
  ...rows(required, 'required'),
]);
