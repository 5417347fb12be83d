import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type UnitFacts, unitText, variablesWithPassword } from './unit-text.ts';

const facts: UnitFacts = {
  home: '/home/bot',
  root: '/home/bot/build-test-deploy-bot',
  directory: '/home/bot/build-test-deploy-bot',
  secretsDirectory: '/home/bot/.config/bot',
  options: [],
  environment: {},
  canNotify: true,
};
const shipped = await readFile(join(import.meta.dirname, '../../../scripts/systemd/bot@event_handler.service'), 'utf8');
const linesOf = (more: Partial<UnitFacts>) => unitText(shipped, { ...facts, ...more }).split('\n');
const changed = (more: Partial<UnitFacts>) => linesOf(more).filter((line) => !shipped.split('\n').includes(line));

it('an account whose clone lies where the example has it gets the unit as it is', () =>
  expect(unitText(shipped, facts)).toBe(shipped));

it.each<[string, Partial<UnitFacts>, string[]]>([
  [
    'a clone elsewhere, app.cfg elsewhere, secrets elsewhere',
    { root: '/opt/bot', directory: '/home/bot/site 1', secretsDirectory: '/etc/bot' },
    ['WorkingDirectory=%h/site 1', 'EnvironmentFile=/etc/bot/event_handler.env', 'ExecStart=/opt/bot/event_handler.sh'],
  ],
  ['options', { options: ['--pull', '30'] }, ['ExecStart=%h/build-test-deploy-bot/event_handler.sh --pull 30']],
  [
    'signs that systemd obeys',
    { root: '/o/50% $HOME', directory: '/o/100%' },
    ['WorkingDirectory=/o/100%%', 'ExecStart="/o/50%% $$HOME/event_handler.sh"'],
  ],
  [
    'what the daemons need of the environment, and no password',
    { environment: { PATH: '/a:/b', SLURM_CONF: '/c "d"', EDITOR: 'vi', HTTPS_PROXY: 'http://u:p@proxy:1' } },
    ['Environment="PATH=/a:/b"', String.raw`Environment="SLURM_CONF=/c \"d\""`],
  ],
  ['a systemd-notify that does not wait', { canNotify: false }, ['Type=simple']],
])('%s', (_, more, lines) => expect(changed(more)).toEqual(lines));

it('without a systemd-notify that waits there is no watchdog that nobody feeds', () =>
  expect(linesOf({ canNotify: false }).join('\n')).not.toMatch(/^(WatchdogSec|NotifyAccess)=/m));

it('names the variables with a password', () =>
  expect(variablesWithPassword({ HTTPS_PROXY: 'http://u:p@proxy:1', https_proxy: 'http://proxy:1' })).toEqual([
    'HTTPS_PROXY',
  ]));
