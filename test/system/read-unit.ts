import { readFile } from 'node:fs/promises';

/** What our units say, and systemd does of it. A word that is not here is refused: nobody would do it. */
export interface Unit {
  readonly workingDirectory: string;
  /** `-` before it: it may be absent. */
  readonly environmentFiles: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly start: readonly string[];
  /** Milliseconds. */
  readonly restartAfter: number;
  readonly neverAfter: readonly number[];
  readonly watchdog: number;
  readonly startWithin: number;
  readonly stopWithin: number;
  readonly mostStarts: number;
}

const known = new Set([
  ...['Description', 'StartLimitIntervalSec', 'StartLimitBurst', 'Type', 'NotifyAccess', 'WorkingDirectory'],
  ...['EnvironmentFile', 'Environment', 'ExecStart', 'ExecReload', 'Restart', 'RestartSec', 'WatchdogSec'],
  ...['RestartPreventExitStatus', 'TimeoutStartSec', 'TimeoutStopSec', 'KillMode', 'WantedBy'],
]);

/** Reads a unit as systemd does for the account with this home. `instead`: as a drop-in says it. */
export async function readUnit(path: string, home: string, instead: Readonly<Record<string, string>>): Promise<Unit> {
  const said = new Map<string, string[]>();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === '' && !/^(#.*|\[\w+\]|)$/.test(line)) throw new Error(`${path}: ${line}`);
    if (key !== '') said.set(key, [...(said.get(key) ?? []), value.replaceAll('%h', home).replaceAll('%%', '%')]);
  }
  for (const [key, value] of Object.entries(instead)) said.set(key, [value]);
  for (const key of said.keys()) if (!known.has(key)) throw new Error(`${path}: nobody does ${key} here`);
  const one = (key: string) => said.get(key)?.at(-1) ?? '';
  const must = { Type: 'notify', NotifyAccess: 'all', Restart: 'on-failure', KillMode: 'mixed' };
  for (const [key, value] of Object.entries(must))
    if (one(key) !== value) throw new Error(`${path}: ${key}=${one(key)}`);
  return {
    workingDirectory: one('WorkingDirectory'),
    environmentFiles: said.get('EnvironmentFile') ?? [],
    environment: Object.fromEntries((said.get('Environment') ?? []).map(assignment)),
    start: one('ExecStart').split(' '),
    restartAfter: milliseconds(one('RestartSec')),
    neverAfter: one('RestartPreventExitStatus').split(' ').map(Number),
    watchdog: milliseconds(one('WatchdogSec')),
    startWithin: milliseconds(one('TimeoutStartSec')),
    stopWithin: milliseconds(one('TimeoutStopSec')),
    mostStarts: Number(one('StartLimitBurst')),
  };
}

/** `"NAME=value"` or `NAME=value`. */
function assignment(text: string): [string, string] {
  const [, name = '', value = ''] = /^"?(\w+)=(.*?)"?$/.exec(text) ?? [];
  return [name, value.replaceAll(/\\(["\\])/g, '$1')];
}

const units: Readonly<Record<string, number>> = { '': 1_000, ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

function milliseconds(time: string): number {
  const [, number, unit = ''] = /^(\d+)(\w*)$/.exec(time) ?? [];
  const factor = units[unit];
  if (number === undefined || factor === undefined) throw new Error(`${time} is no time`);
  return Number(number) * factor;
}
