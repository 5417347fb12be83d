import pino from 'pino';
import { expect, it } from 'vitest';
import { type Health, healthTeller } from './health-teller.ts';

const log = pino({ level: 'silent' });
const well: Health = { ok: true, storage: null, configurationProblems: [], failing: [] };

it('looks once for all who ask while it looks, and tells each in the way wanted', async () => {
  let looks = 0;
  const [begun, looked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const tell = healthTeller({
    log,
    health: async () => {
      looks++;
      begun.resolve();
      await looked.promise;
      return well;
    },
  });
  const first = tell('words');
  await begun.promise;
  const asked = [first, tell('json'), tell('words'), tell('words')];
  looked.resolve();
  expect(new Set((await Promise.all(asked)).map(({ text }) => text))).toEqual(
    new Set(['ok', JSON.stringify(well, null, 2)]),
  );
  expect(looks).toBe(2);
});

it('does not wait for a look that does not end', async () => {
  const looked = Promise.withResolvers<Health>();
  let looks = 0;
  const health = () => {
    looks++;
    return looked.promise;
  };
  const tell = healthTeller({ log, health, patienceMilliseconds: 1 });
  for (const how of ['words', 'json', 'words'] as const)
    expect(await tell(how)).toEqual({ status: 503, text: expect.stringMatching(/^health check timed out after/) });
  expect(looks).toBe(1);
});

it('says so where it cannot be found out', async () => {
  const health = () => Promise.reject(new Error('EIO'));
  expect(await healthTeller({ log, health })('words')).toEqual({
    status: 503,
    text: 'health check failed: the log says why',
  });
});
