import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const everyMilliseconds = 15_000;
/** A collection blocks the daemon: for 0.1 s if 25 MB live, longer if more do. */
const restMilliseconds = 60_000;
const worthwhileBytes = 8_000_000;
const worthwhileShare = 0.3;
/** A daemon is idle in an interval if its event loop was busy for at most this share. */
const idleShare = 0.02;

/** The facts at the end of an interval. */
interface HeapSeen {
  /** Including garbage, and buffers outside the heap. */
  readonly usedBytes: number;
  /** What lived at the last collection; 0 before the first one. */
  readonly livingBytes: number;
  /** Since the last collection. */
  readonly milliseconds: number;
  /** The share of the interval in which the event loop was busy: 0 to 1. */
  readonly busyShare: number;
}

/**
 * Collects garbage while the daemon is idle, and gives the memory back. V8 collects only when it needs room: the garbage of a burst of
 * deliveries would stay until the next one. Does nothing if Node was started without `--expose-gc`.
 */
export function collectWhenIdle(stop: AbortSignal): void {
  const collect = globalThis.gc;
  if (collect === undefined) return;
  let [livingBytes, collectedAt] = [0, Number.NEGATIVE_INFINITY];
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const busyShare = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    const usedBytes = readUsedBytes();
    livingBytes = Math.min(livingBytes, usedBytes); // V8 may have collected since
    const milliseconds = performance.now() - collectedAt;
    if (!isWorthCollecting({ usedBytes, livingBytes, milliseconds, busyShare })) return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    [livingBytes, collectedAt] = [readUsedBytes(), performance.now()];
  }, everyMilliseconds);
  timer.unref();
  stop.addEventListener('abort', () => clearInterval(timer));
}

export function isWorthCollecting({ usedBytes, livingBytes, milliseconds, busyShare }: HeapSeen): boolean {
  const garbageBytes = usedBytes - livingBytes;
  const isMuch = garbageBytes >= Math.max(worthwhileBytes, worthwhileShare * livingBytes);
  return isMuch && busyShare <= idleShare && milliseconds >= restMilliseconds;
}

function readUsedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
