import { deliver, preparePing } from './deliver.ts';
import type { Measured } from './figure.ts';
import { makeKnownDeliveries } from './known-deliveries.ts';
import { residentMegabytes } from './process-facts.ts';
import { withQuietSite } from './quiet-site.ts';
import { untilWorkedOff } from './until-worked-off.ts';

/** At rest after a start whose types were stripped before, after many deliveries, and where very many are known. Of many jobs see measure-watching.ts. */
export async function measureMemory(isQuick: boolean): Promise<Measured> {
  const deliveries = isQuick ? 2_000 : 20_000;
  return await withQuietSite({ isQuick }, async ({ site, portOf, rest }) => {
    await (await site.startEventHandler()).stop();
    await (await site.startJobManager()).stop();
    const handler = await site.startEventHandler();
    const manager = await site.startJobManager();
    await rest();
    const at = {
      handler: await residentMegabytes(handler.process.pid),
      manager: await residentMegabytes(manager.process.pid),
    };
    const points: [number, number][] = [[0, at.handler]];
    const half = deliveries / 2;
    for (const sent of [half, deliveries]) {
      for (let count = 0; count < half; count += 10)
        await Promise.all(Array.from({ length: 10 }, () => deliver(portOf(handler), preparePing(25_000))));
      await untilWorkedOff(site);
      await rest();
      points.push([sent, await residentMegabytes(handler.process.pid)]);
    }
    await handler.stop();
    const known = isQuick ? 20_000 : 1_000_000;
    await makeKnownDeliveries(site, known);
    const another = await site.startEventHandler();
    await rest();
    const withKnown = await residentMegabytes(another.process.pid);
    const [, middle, last] = points.map(([, megabytes]) => megabytes);
    const part = 'memory';
    return {
      figures: [
        { part, what: 'event handler at rest', unit: 'MB', measured: at.handler, aim: { atMost: 70 } },
        { part, what: 'job manager at rest', unit: 'MB', measured: at.manager, aim: { atMost: 60 } },
        { part, what: `event handler after ${deliveries} deliveries`, unit: 'MB', measured: last ?? Number.NaN },
        {
          part,
          what: `event handler after a start that knows ${known.toLocaleString('en')} deliveries more`,
          unit: 'MB',
          measured: withKnown,
        },
        {
          part,
          what: `growth for each further 10,000 deliveries that are remembered`,
          unit: 'MB',
          measured: Math.max(0, (((last ?? 0) - (middle ?? 0)) / half) * 10_000),
        },
      ],
      growth: [{ over: 'deliveries', what: 'memory of the event handler', unit: 'MB', points }],
    };
  });
}
