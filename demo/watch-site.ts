import { EventEmitter } from 'node:events';
import { emptyView, lookerAt, type View } from './look-at-site.ts';
import type { Site } from './site.ts';

/** Somebody who keeps looking at the site. */
export interface Watch {
  readonly current: View;
  /** Calls back at every change until the returned function is called. */
  onChange(listener: (before: View, after: View) => void): () => void;
  /** Resolves with what `look` finds (neither undefined nor false), which is asked now and at every change. */
  waitFor<Found>(what: string, look: (view: View) => Found | undefined | false): Promise<Found>;
  /** Rejects when it could not look any more. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const everyMilliseconds = 1_000;
const patienceSeconds = 90;

/** Looks at the site whenever something happens on GitHub, and once a second for queue and bucket, which tell nothing by themselves. */
export function watchSite(site: Site): Watch {
  const look = lookerAt(site);
  const changes = new EventEmitter<{ change: [View, View] }>().setMaxListeners(0);
  let current = emptyView;
  let seen = JSON.stringify(current);
  let stopped = false;
  let wake = () => {};
  const wakeUp = () => wake();

  const watching = (async () => {
    const forget = site.github.onChange(wakeUp);
    while (!stopped) {
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const after = await look();
      const text = JSON.stringify(after);
      if (text !== seen) {
        const before = current;
        current = after;
        seen = text;
        changes.emit('change', before, after);
      }
      const timer = setTimeout(wakeUp, everyMilliseconds);
      if (!stopped) await next;
      clearTimeout(timer);
    }
    forget();
  })();

  return {
    get current() {
      return current;
    },
    onChange(listener) {
      changes.on('change', listener);
      return () => changes.off('change', listener);
    },
    waitFor: (what, find) =>
      Promise.race([
        waitFor(changes, () => find(current), what),
        watching.then((): never => {
          throw new Error(`The demo was stopped while it waited for ${what}.`);
        }),
      ]),
    ended: watching,
    async stop() {
      stopped = true;
      wakeUp();
      await watching;
    },
  };
}

function waitFor<Found>(
  changes: EventEmitter<{ change: [View, View] }>,
  find: () => Found | undefined | false,
  what: string,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      changes.off('change', tryOnce);
    };
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`Waited ${patienceSeconds} s for ${what}, in vain.`));
    }, patienceSeconds * 1000).unref();
    const tryOnce = () => {
      const found = find();
      if (found === undefined || found === false) return;
      finish();
      resolve(found);
    };
    changes.on('change', tryOnce);
    tryOnce();
  });
}
