import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const everyMilliseconds = 15_000;
/** A collection that gives memory back stands the daemon still for 0.1 s or more: not often, and not for little. */
const restMilliseconds = 60_000;
const worthwhileBytes = 8_000_000;
/** The busy share of an interval in which a daemon is idle. */
const idleShare = 0.05;

/** What there is to know at the end of an interval. */
export interface HeapSeen {
  /** On the heap, garbage included. */
  readonly usedBytes: number;
  /** What the last collection left; 0 before the first one. */
  readonly leftBytes: number;
  /** Since the last collection. */
  readonly milliseconds: number;
  /** For which share of the interval the event loop was busy: 0 to 1. */
  readonly busyShare: number;
}

/**
 * Collects garbage while the daemon is idle, and gives its memory back. V8 collects when it needs room: what a burst of deliveries has
 * left would stay until the next one. Does nothing where Node was started without `--expose-gc`.
 */
export function collectWhenIdle(stop: AbortSignal): void {
  const collect = globalThis.gc;
  if (collect === undefined) return;
  let [leftBytes, collectedAt] = [0, Number.NEGATIVE_INFINITY];
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const busyShare = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    const milliseconds = performance.now() - collectedAt;
    if (!isWorthCollecting({ usedBytes: usedBytes(), leftBytes, milliseconds, busyShare })) return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    [leftBytes, collectedAt] = [usedBytes(), performance.now()];
  }, everyMilliseconds);
  timer.unref();
  stop.addEventListener('abort', () => clearInterval(timer));
}

export function isWorthCollecting({ usedBytes, leftBytes, milliseconds, busyShare }: HeapSeen): boolean {
  return busyShare <= idleShare && milliseconds >= restMilliseconds && usedBytes - leftBytes >= worthwhileBytes;
}

const usedBytes = () => getHeapStatistics().used_heap_size;
