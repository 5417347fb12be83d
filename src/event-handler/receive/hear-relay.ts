import type { Logger } from '../../daemon/logger.ts';
import { say } from '../../daemon/terminal.ts';
import type { Troubles } from '../../daemon/troubles.ts';
import type { Relay } from '../../outside/relay/relay.ts';
import type { Recovery } from './recovery.ts';
import { Refusals } from './refusals.ts';
import type { RelayWatch } from './relay-watch.ts';
import { type RelayOptions, takeFromRelay } from './take-from-relay.ts';

interface HearOptions extends Omit<RelayOptions, 'refusals' | 'watch' | 'onLost'> {
  readonly watch: RelayWatch;
  readonly recovery: Pick<Recovery, 'compareSoon'>;
  /** Whether missed deliveries are recovered: recovery_interval is not 0. */
  readonly isCompared: () => boolean;
  readonly troubles: Pick<Troubles, 'take'>;
  /** Writes the report. */
  readonly report: () => Promise<void>;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

const notLookedFor =
  'what it loses stays lost, since recovery_interval in app.cfg is 0; 300 has it looked for in the list of GitHub';

/** Receives from a relay until it is told to stop. After each reconnection GitHub's list is read, for what the relay lost meanwhile. */
export async function hearRelay(relay: Relay, options: HearOptions): Promise<void> {
  const { watch, recovery, isCompared, troubles, report, log, stop } = options;
  const refusals = new Refusals(log);
  const stopTelling = refusals.tellEachMinute();
  const told = { ...options, refusals, onLost: (guid: string) => recovery.compareSoon(guid) };
  const tell = () => {
    const news = watch.news();
    if (news !== undefined) troubles.take(news);
    void report();
  };
  say(`The event handler receives from the relay ${relay.name}${isCompared() ? '' : `; ${notLookedFor}`}`);
  await relay.listen(
    {
      onConnected: () => {
        watch.connected();
        if (isCompared())
          log.info(
            { relay: relay.name },
            'the relay is connected: what was lost before is looked for in the list of GitHub',
          );
        else log.warn({ relay: relay.name }, `the relay is connected: ${notLookedFor}`);
        recovery.compareSoon();
        tell();
      },
      onDelivery: (delivery) => takeFromRelay(delivery, told),
      onLost: (why) => {
        watch.lost(why);
        log.warn({ relay: relay.name, why }, 'the relay is not connected: retried');
        tell();
      },
    },
    stop,
  );
  stopTelling();
}
