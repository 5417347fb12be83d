/**
 * Makes SIGTERM and SIGINT mean "stop after this step". A second one ends the process at once, which is safe: what must not be lost
 * is on disk before it is begun. SIGHUP, which a closed terminal sends too, stops nothing: logger.ts reopens the log then.
 */
export function stopOnSignals(say: (line: string) => void): AbortSignal {
  const stop = new AbortController();
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      say(`${signal}: stopping after this step; once more stops at once`);
      stop.abort();
    });
  }
  return stop.signal;
}
