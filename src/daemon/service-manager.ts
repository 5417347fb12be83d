import type { Clock } from './clock.ts';
import { LifeSigns, type Loop } from './life-signs.ts';
import type { Logger } from './logger.ts';
import { type Notifying, type NotifySystemd, systemdNotifier } from './notify-systemd.ts';
import { complain } from './terminal.ts';
import { type Trouble, tellTrouble } from './troubles.ts';
import { visible } from './visible.ts';

/** systemd, if it started the daemon as a notify unit: it gets the daemon's state. */
export interface ServiceManager {
  /** The daemon counts as alive as long as all its loops make progress. */
  loop(name: string): Loop;
  /** It works, or is on standby. `does`: what it does now, for people. */
  works(does: string, troubles?: readonly Trouble[]): void;
}

/** Does nothing. */
export const noServiceManager: ServiceManager = {
  loop: () => ({ moved() {}, waits() {}, ended() {} }),
  works() {},
};

/** After a stop, work under way may take this long; then systemd may kill, which loses nothing. `./bot.sh stop` waits as long. */
export const longestStopMilliseconds = 900_000;

const extendTimeout = 'EXTEND_TIMEOUT_USEC=180000000';
const lookMilliseconds = 60_000;
const longestStatus = 500;

type Environment = Readonly<Record<string, string | undefined>>;

/** How often to check the loops, and whether to feed the watchdog: three times within its timeout. */
export function planWatchdogLooks({ WATCHDOG_USEC = '', WATCHDOG_PID }: Environment, pid: number) {
  const isForUs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
  const feeds = isForUs && /^[1-9]\d*$/.test(WATCHDOG_USEC);
  const third = feeds ? Number(WATCHDOG_USEC) / 1000 / 3 : lookMilliseconds;
  return { feeds, everyMilliseconds: Math.min(lookMilliseconds, third) };
}

interface Options extends Omit<Notifying, 'complain'> {
  readonly stop: AbortSignal;
  readonly log: Pick<Logger, 'warn'>;
  readonly monotonic: Clock['monotonic'];
}

/** The systemd that started this process as a notify unit, else {@link noServiceManager}. SIGHUP reaches the log first, if that is open. */
export function findServiceManager(options: Options): ServiceManager {
  const { log } = options;
  const tell = (sentence: string) => {
    complain(`warning: ${sentence}`);
    log.warn(sentence);
  };
  const notify = systemdNotifier({ ...options, complain: tell });
  return notify === undefined ? noServiceManager : systemd(notify, options);
}

function systemd(notify: NotifySystemd, { environment, monotonic, stop }: Options): ServiceManager {
  const signs = new LifeSigns(monotonic);
  const { feeds, everyMilliseconds } = planWatchdogLooks(environment, process.pid);
  let phase: 'starts' | 'works' | 'stops' = 'starts';
  let told = '';
  const look = () => {
    if (!signs.takeIfAllGoOn()) return;
    if (phase !== 'works') void notify([extendTimeout]);
    else if (feeds) void notify(['WATCHDOG=1']);
  };
  setInterval(look, everyMilliseconds).unref();
  stop.addEventListener('abort', () => {
    phase = 'stops';
    void notify(['STOPPING=1', 'STATUS=ends after this step']);
  });
  process.on('SIGHUP', () => {
    if (phase !== 'works') return; // it would call itself ready
    void notify(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
    void notify(['READY=1']);
  });
  return {
    loop: (name) => signs.loop(name),
    works(does, troubles = []) {
      const words = visible([does, ...troubles.map(tellTrouble)].join('; ').slice(0, longestStatus));
      if (phase === 'stops' || words === told) return;
      void notify([...(phase === 'starts' ? ['READY=1'] : []), `STATUS=${words}`]);
      phase = 'works';
      told = words;
    },
  };
}
