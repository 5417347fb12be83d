import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { readReport } from '../../jobs/reports.ts';
import type { AppView } from '../../outside/forge/app-view.ts';
import { probeEvent } from '../../outside/relay/relay.ts';
import { wordsOf } from '../../words-of.ts';
import { findHolder } from '../daemons/find-holder.ts';
import type { Finding } from './finding.ts';
import { type HeardRelay, judgeRelay, type RelayProbe } from './judge-relay.ts';
import type { DoctorTools } from './tools.ts';

type Needed = Pick<DoctorTools, 'openRelay' | 'webhooks'>;

const withinMilliseconds = 15_000;

/** Tests whether the relay delivers, and the event handler is connected; no findings without a relay. */
export async function lookAtRelay(
  relay: HeardRelay,
  stateDir: string,
  view: Pick<AppView, 'readHook'>,
  tools: Needed,
): Promise<readonly Finding[]> {
  const holding = await findHolder(stateDir, 'event_handler');
  const isThere = holding.kind !== 'none' && holding.kind !== 'reseal';
  const report = isThere ? await readReport(stateDir, 'event handler') : undefined;
  const hookUrl = await view.readHook().then(
    ({ url }) => url,
    () => undefined, // told by another look
  );
  const { address } = relay;
  const probe = address ? await probeRelay(address, tools) : undefined;
  return judgeRelay({ ...relay, hookUrl, probe, runs: report !== undefined, report: report?.relay });
}

/** Sends an event through the relay, which is no delivery, and waits for it. */
async function probeRelay(address: string, { openRelay, webhooks }: Needed): Promise<RelayProbe> {
  const { headerNames, readHeaders } = webhooks;
  const done = new AbortController();
  const probe = Promise.withResolvers<RelayProbe>();
  const failed = (why: string) => probe.resolve({ kind: 'failed', why });
  const id = randomUUID();
  let sentAt = Number.NaN;
  const send = async () => {
    sentAt = performance.now();
    const names = { [headerNames.event]: probeEvent, [headerNames.guid]: id };
    const headers = { 'content-type': 'application/json', ...names };
    const signal = AbortSignal.any([done.signal, AbortSignal.timeout(withinMilliseconds)]);
    const { ok, status } = await fetch(address, { method: 'POST', headers, body: '{}', signal });
    if (!ok) failed(`it takes nothing: status ${status}`);
  };
  const limit = setTimeout(
    () => failed(`it has not brought within ${withinMilliseconds / 1000} s what was sent to it`),
    withinMilliseconds,
  );
  const listening = openRelay(address).listen(
    {
      onConnected: () => void send().catch((error: unknown) => failed(wordsOf(error))),
      onDelivery: async ({ headers }) => {
        if (readHeaders((name) => headers[name]).guid === id)
          probe.resolve({ kind: 'came', seconds: (performance.now() - sentAt) / 1000 });
      },
      onLost: failed,
    },
    done.signal,
  );
  try {
    return await probe.promise;
  } finally {
    clearTimeout(limit);
    done.abort();
    await listening;
  }
}
