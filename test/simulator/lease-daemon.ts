import type { Logger } from '../../src/daemon/logger.ts';
import type * as pausing from '../../src/daemon/pause.ts';
import type * as running from '../../src/daemon/run-alone.ts';
import type * as appending from '../../src/outside/files/append-line.ts';
import type * as checking from '../../src/outside/files/check-before-writes.ts';
import type * as durableFiles from '../../src/outside/files/durable-files.ts';
import type { Process } from './process.ts';
import { world } from './world.ts';

export const stateDir = '/bot';
/** Where a daemon that holds the lease changes files. */
export const workDirectory = `${stateDir}/work`;
const log = `${workDirectory}/log.jsonl`;

/** What a process imports: its own, since processes share no variables. */
type Imported = Pick<typeof running, 'runAlone'> &
  Pick<typeof pausing, 'pause'> & { readonly files: typeof durableFiles & typeof appending };

export interface Hears {
  readonly granted: (number: number) => void;
  readonly refused: () => void;
}

/** The program that a process runs; one process at a time. */
export async function importDaemon(name: string) {
  const { runAlone } = (await import(`../../src/daemon/run-alone.ts?${name}`)) as typeof running;
  const { pause } = (await import(`../../src/daemon/pause.ts?${name}`)) as typeof pausing;
  const { checkBeforeWrites } = (await import(
    `../../src/outside/files/check-before-writes.ts?${name}`
  )) as typeof checking;
  const files = {
    ...((await import(`../../src/outside/files/durable-files.ts?${name}`)) as typeof durableFiles),
    ...((await import(`../../src/outside/files/append-line.ts?${name}`)) as typeof appending),
  };
  return async (process: Process, standby: boolean, hears: Hears): Promise<void> => {
    checkBeforeWrites(async () => {}); // as in a process that is new
    await daemon({ runAlone, pause, files }, process, standby, hears);
  };
}

/** Puts {@link runAlone} to use as the main programs do; its work is to change files, in all ways that there are. */
async function daemon(
  { runAlone, ...imported }: Imported,
  { stop: { signal } }: Process,
  standby: boolean,
  hears: Hears,
) {
  const whenHeld = () => {
    hears.refused();
    return 1;
  };
  // Nothing of these histories rests on what `sync -f` does.
  const synced = async () => ({ kind: 'exited', code: 0, stdout: '', stderr: '' }) as const;
  await runAlone(
    {
      programs: { runProgram: synced, environments: { tool: {} } },
      stateDir,
      places: { state_dir: stateDir },
      kind: 'job manager',
      standby,
      stop: signal,
      log: noLog,
      ...(!standby && { whenHeld }),
    },
    async (_onlyWhileOurs, { number }) => {
      hears.granted(number);
      await work(imported, signal, number);
      return 0;
    },
  );
}

async function work({ pause, files }: Omit<Imported, 'runAlone'>, stop: AbortSignal, number: number) {
  for (let count = 1; !stop.aborted; count++) {
    await changeSomething(files, { number, count }).catch(() => {}); // it goes on, as a daemon does after a delivery that failed
    await pause(world().between(1000, 8000), stop);
  }
}

async function changeSomething(files: Imported['files'], record: object): Promise<void> {
  const some = world().between(1, 2);
  const [fresh, moved] = [`${workDirectory}/new-${some}`, `${workDirectory}/moved-${some}`];
  const text = JSON.stringify(record);
  switch (world().between(0, 5)) {
    case 0:
      return await files.writeDurably(`${workDirectory}/record.json`, text);
    case 1:
      return void (await files.createDurably(fresh, text));
    case 2:
      return await files.moveDurably(fresh, moved);
    case 3:
      return await files.removeDurably(moved);
    default:
      return await files.appendLineDurably(log, text);
  }
}

const noLog = { info: () => {}, warn: () => {}, fatal: () => {} } as unknown as Logger;
