import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { killEverywhere, type Outcome } from './kill-everywhere.ts';

// npm run kill-tests: kills each daemon at every numbered call of a whole life, starts it again, and looks whether anything was lost
// or done twice. README.md tells the rest.

const { values } = parseArgs({
  options: {
    daemon: { type: 'string', default: 'event-handler,job-manager' },
    when: { type: 'string', default: 'before,after,orphan' },
    only: { type: 'string', default: '' },
    worlds: { type: 'string', default: '3' },
    's3': { type: 'boolean', default: false },
  },
});

const directory = await mkdtemp(join(tmpdir(), 'bot-kill-slurm-'));
let slurm: RealSlurm | undefined;
let status = 0;
try {
  slurm = await startSlurm(directory, {});
  for (const daemon of values.daemon.split(',')) {
    const begun = Date.now();
    const only = new RegExp(values.only);
    const outcomes = await killEverywhere({
      daemon: daemon as 'event-handler' | 'job-manager',
      when: values.when.split(',') as Outcome['point']['when'][],
      isWanted: (at) => only.test(at),
      worlds: Number(values.worlds),
      slurm: slurm.environment,
      realUpload: values.s3,
      tell: (outcome) => console.log(line(outcome)),
    });
    const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
    const seconds = Math.round((Date.now() - begun) / 1000);
    console.log(
      `${daemon}: ${outcomes.length} kills, ${count('passed')} passed, ${count('failed')} failed, ${count('not reached')} not reached; ${seconds} s`,
    );
    const leftOver = new Map<string, number>();
    for (const name of outcomes.flatMap((outcome) => outcome.leftOver)) leftOver.set(name, (leftOver.get(name) ?? 0) + 1);
    for (const [name, times] of leftOver) console.log(`  left over: ${name} (${times} times)`);
    if (count('failed') > 0) status = 1;
  }
} finally {
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(status);

function line({ point, kind, why }: Outcome): string {
  return [kind.padEnd(11), point.when.padEnd(6), point.at, ...why.map((each) => `\n      ${each}`)].join('  ');
}
