import { expect, it } from 'vitest';
import { unitIn } from './unit-of-process.ts';

const user = { name: 'bot@job_manager.service', systemctl: 'systemctl --user' };
const slice = '/user.slice/user-1000.slice/user@1000.service';

it.each([
  ['a unit of the account', `0::${slice}/app.slice/app-bot.slice/bot@job_manager.service`, user],
  [
    'one of an older systemd',
    `2:cpu:/\n1:name=systemd:${slice}/bot@job_manager.service\n0::${slice}/bot@job_manager.service`,
    user,
  ],
  ['a unit of the machine', '0::/system.slice/bot@job_manager.service', { ...user, systemctl: 'systemctl' }],
  ['a login', '0::/user.slice/user-1000.slice/session-7.scope', undefined],
  ['a tmux that systemd has a scope for', `0::${slice}/tmux-spawn-1.scope`, undefined],
  ["the account's systemd itself", `0::${slice}/init.scope`, undefined],
  ['a login shell of ssh in a container', '0::/system.slice/docker.service/session.scope', undefined],
  ['another service, from which it was started', '0::/system.slice/jupyterhub.service', undefined],
  ['a container', '0::/', undefined],
  ['a process that is gone', '', undefined],
])('%s', (_, cgroups, unit) => expect(unitIn(cgroups)).toEqual(unit));
