import { setTimeout as pause } from 'node:timers/promises';

/** What a job manager has counted of its intervals, as Prometheus reads it. */
export interface IntervalTimes {
  readonly count: number;
  readonly seconds: number;
  /** In commands of Slurm. */
  readonly slurmSeconds: number;
}

async function readIntervalTimes(port: number): Promise<IntervalTimes> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  const text = (await response?.text()) ?? '';
  const sum = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`build_bot_${name}`) && !line.startsWith('#'))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  return {
    count: sum('interval_duration_seconds_count'),
    seconds: sum('interval_duration_seconds_sum'),
    slurmSeconds: sum('slurm_command_duration_seconds_sum'),
  };
}

/** The same, once so many intervals have passed. */
export async function untilIntervals(port: number, count: number): Promise<IntervalTimes> {
  for (;;) {
    const times = await readIntervalTimes(port);
    if (times.count >= count) return times;
    await pause(50);
  }
}
