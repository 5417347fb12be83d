import { expect, it } from 'vitest';
import { systemdNotifier } from './notify-systemd.ts';

const notifierWith = (result: { kind: string; code?: number; stderr?: string }, NOTIFY_SOCKET?: string) => {
  const ran: unknown[] = [];
  const complaints: string[] = [];
  const notify = systemdNotifier({
    environment: { NOTIFY_SOCKET, PATH: '/bin' },
    runProgram: async ({ program, arguments: words }, { environment }) => {
      ran.push([program, words, environment]);
      return result;
    },
    childEnvironment: { PATH: '/bin' },
    complain: (sentence) => complaints.push(sentence),
  });
  return { notify, ran, complaints };
};

it.each([undefined, ''])('says nothing where nobody waits for a word: %j', (socket) =>
  expect(notifierWith({ kind: 'exited', code: 0 }, socket).notify).toBeUndefined(),
);

it('sends one message after the other, to the socket of the unit', async () => {
  const { notify, ran, complaints } = notifierWith({ kind: 'exited', code: 0 }, '/run/notify');
  await Promise.all([notify?.(['READY=1', 'STATUS=a b']), notify?.(['WATCHDOG=1'])]);
  const environment = { PATH: '/bin', NOTIFY_SOCKET: '/run/notify' };
  expect(ran).toEqual([
    ['systemd-notify', ['READY=1', 'STATUS=a b'], environment],
    ['systemd-notify', ['WATCHDOG=1'], environment],
  ]);
  expect(complaints).toEqual([]);
});

it('tells once why systemd cannot be told', async () => {
  const { notify, complaints } = notifierWith({ kind: 'exited', code: 1, stderr: 'No such file\n' }, '/run/notify');
  await notify?.(['READY=1']);
  await notify?.(['WATCHDOG=1']);
  expect(complaints).toEqual(['systemd-notify could not tell systemd how this daemon is: No such file']);
});

it('says what to do where there is no systemd-notify', async () => {
  const { notify, complaints } = notifierWith({ kind: 'not-started' }, '/run/notify');
  await notify?.(['READY=1']);
  await notify?.(['WATCHDOG=1']);
  expect(complaints).toEqual([expect.stringMatching(/no systemd-notify in PATH.*Type=simple.*WatchdogSec/)]);
});
