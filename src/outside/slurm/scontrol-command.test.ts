import { expect, it } from 'vitest';
import { scontrolCommand, scontrolCommandForAll } from './scontrol-command.ts';
import type { JobId } from './slurm.ts';

const job = { id: '77' as JobId, cluster: 'c2', partition: 'main', state: 'PENDING', reason: 'a b;$(c)' };

it.each`
  words                                    | filled
  ${['h', 'scontrol']}                     | ${['h', 'scontrol']}
  ${['--clusters=%(cluster)s']}            | ${['--clusters=c2']}
  ${['%(jobid)s/%(partition)s/%(state)s']} | ${['77/main/PENDING']}
  ${['%(reason)s']}                        | ${['a b;$(c)']}
  ${['100%%', '%%(jobid)s', '50%']}        | ${['100%', '%(jobid)s', '50%']}
`('$words become $filled', ({ words, filled }) => {
  const template = { environment: { CLUSTER: '%(cluster)s' }, program: '/bin/%(cluster)s', arguments: words };
  expect(scontrolCommand(template, job)).toEqual({
    environment: { CLUSTER: 'c2' },
    program: '/bin/c2',
    arguments: filled,
  });
});

it.each`
  template                                                            | command
  ${{ environment: { A: '5%%' }, program: 'h', arguments: ['a%%'] }}  | ${{ environment: { A: '5%' }, program: 'h', arguments: ['a%'] }}
  ${{ environment: {}, program: 'h', arguments: ['-M%(cluster)s'] }}  | ${undefined}
  ${{ environment: { A: '%(jobid)s' }, program: 'h', arguments: [] }} | ${undefined}
`('for no job in particular $template becomes $command', ({ template, command }) => {
  expect(scontrolCommandForAll(template)).toEqual(command);
});
