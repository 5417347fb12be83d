import type { SimulatedDelivery } from './github.ts';
import type { RelayFault } from './history.ts';
import { world } from './world.ts';

/** What carries deliveries from GitHub to the event handler. */
export class Relay {
  /** Deliveries that it still has. */
  onTheWay = 0;
  readonly #faultNow: () => RelayFault['how'] | undefined;
  readonly #arrive: (delivery: SimulatedDelivery) => void;

  constructor(faultNow: () => RelayFault['how'] | undefined, arrive: (delivery: SimulatedDelivery) => void) {
    this.#faultNow = faultNow;
    this.#arrive = arrive;
  }

  /** Takes a delivery; `guids` becomes the names under which it arrives. */
  bring(delivery: SimulatedDelivery, guids: string[] = []): void {
    guids.push(delivery.guid);
    switch (this.#faultNow()) {
      case undefined:
        this.#carry(delivery, 10, 2000);
        return;
      case 'drops':
        return;
      case 'delays':
        this.#carry(delivery, 1_000, 600_000);
        return;
      case 'repeats':
        for (const latest of [500, 5_000, 500_000]) this.#carry(delivery, 10, latest);
        return;
      case 'renames': {
        const renamed = { ...delivery, guid: `${delivery.guid}-again` };
        guids.push(renamed.guid);
        for (const each of [delivery, renamed]) this.#carry(each, 10, 100_000);
      }
    }
  }

  #carry(delivery: SimulatedDelivery, leastMilliseconds: number, mostMilliseconds: number): void {
    this.onTheWay++;
    world().after(world().between(leastMilliseconds, mostMilliseconds), () => {
      this.onTheWay--;
      this.#arrive(delivery);
    });
  }
}
