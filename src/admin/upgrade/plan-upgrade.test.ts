import { expect, it } from 'vitest';
import type { InTheWay, Version } from '../../outside/git/program-clone.ts';
import { planUpgrade, type SeenDaemon, type UpgradeFacts } from './plan-upgrade.ts';
import { startWords } from './upgrade-command.ts';

const from: Version = { name: 'v1.0.0', commit: 'a'.repeat(40), branch: 'main' };
const to: Version = { name: 'main', commit: 'b'.repeat(40), branch: 'main' };
const here = { kind: 'here', pid: 7, since: '2026-03-10T11:00:00Z' } as const;
const own = { directory: '/site', environment: {} };
const runs: SeenDaemon = {
  name: 'event_handler',
  holding: here,
  process: { name: 'event-handler', program: '/bot', words: ['--config', 'app.cfg', '--pull', '30'], own },
};
const clean: InTheWay = { changed: [], ownCommits: 0, untracked: [] };

const plan = (change: Partial<UpgradeFacts>) =>
  planUpgrade({
    root: '/bot',
    directory: '/site',
    from,
    to,
    wanted: { back: false },
    inTheWay: clean,
    running: [runs],
    others: [],
    ...change,
  });

it.each`
  what                                             | change                                                                    | kind
  ${'a newer commit of the branch'}                | ${{}}                                                                     | ${'upgrade'}
  ${'what is there'}                               | ${{ to: { ...to, commit: from.commit } }}                                 | ${'nothing to do'}
  ${'a tag of what is there'}                      | ${{ to: { name: 'v1.0.0', commit: from.commit } }}                        | ${'nothing to do'}
  ${'the branch of what is there, where none was'} | ${{ from: { ...from, branch: 'x' }, to: { ...to, commit: from.commit } }} | ${'upgrade'}
  ${'a file changed here'}                         | ${{ inTheWay: { ...clean, changed: ['scripts/bot-build.slurm'] } }}       | ${'refuse'}
  ${'a commit made here'}                          | ${{ inTheWay: { ...clean, ownCommits: 1 } }}                              | ${'refuse'}
  ${'a file of the site in the way'}               | ${{ inTheWay: { ...clean, untracked: ['app.cfg'] } }}                     | ${'refuse'}
  ${'no daemon'}                                   | ${{ running: [] }}                                                        | ${'upgrade'}
`('$what: $kind', ({ change, kind }) => {
  expect(plan(change).kind).toBe(kind);
});

it('starts each daemon again as it was started', () => {
  const restart = [{ name: 'event_handler', words: ['--config', 'app.cfg', '--pull', '30'], directory: '/site' }];
  expect(plan({})).toEqual({ kind: 'upgrade', to, restart, besides: [] });
});

it.each`
  what                         | change                                                                                                                   | why
  ${'no version of that name'} | ${{ to: undefined, wanted: { version: '9', back: false } }}                                                              | ${/^there is no tag, branch or commit 9; git tag --list/}
  ${'nothing to follow'}       | ${{ to: undefined }}                                                                                                     | ${/name a version: \.\/bot\.sh upgrade main$/}
  ${'nothing to go back to'}   | ${{ to: undefined, wanted: { back: true } }}                                                                             | ${/^no upgrade of this command was done here; name the version/}
  ${'a changed script'}        | ${{ inTheWay: { ...clean, changed: ['a', 'b'] } }}                                                                       | ${/^a, b: changed in \/bot, .* git -C \/bot checkout HEAD -- a b$/}
  ${'a file of the site'}      | ${{ inTheWay: { ...clean, untracked: ['app.cfg'] } }}                                                                    | ${/^app\.cfg: in \/bot, where main has a file of its own; move it elsewhere/}
  ${'commits of its own'}      | ${{ inTheWay: { ...clean, ownCommits: 2 } }}                                                                             | ${/^2 commits in \/bot would be in no branch afterwards; keep them: git -C \/bot branch our-own$/}
  ${'one on another machine'}  | ${{ running: [{ ...runs, holding: { ...here, kind: 'elsewhere', host: 'login2' } }] }}                                   | ${/^the event handler runs on login2, .* run there: cd \/site && \.\/bot\.sh stop event_handler\. It must not/}
  ${'reseal in its place'}     | ${{ running: [{ ...runs, holding: { kind: 'reseal', pid: 8, host: 'a' } }] }}                                            | ${/^\.\/bot\.sh reseal is at work in the place of the event handler, as process 8 on a; wait for its end$/}
  ${'one that cannot be read'} | ${{ running: [{ ...runs, holding: { kind: 'unknown', path: '/state/x.lease' } }] }}                                      | ${/^something renews \/state\/x\.lease/}
  ${'one of another account'}  | ${{ running: [{ ...runs, process: { name: 'event-handler', program: '/bot', words: [] } }] }}                            | ${/^the event handler \(process 7\) belongs to another account: run this as that one$/}
  ${'one of the machine'}      | ${{ running: [{ ...runs, holding: { ...here, unit: { name: 'bot@event_handler.service', systemctl: 'systemctl' } } }] }} | ${/^the systemd of the machine runs the event handler; as root run: systemctl stop bot@event_handler\.service; upgrade; then/}
  ${'a standby here'}          | ${{ others: [{ pid: 9, directory: '/site' }] }}                                                                          | ${/^process 9, a standby of this site, .* stop it first, and start it afterwards: kill 9$/}
  ${'one of another clone'}    | ${{ running: [{ ...runs, process: { name: 'event-handler', program: '/old', words: [], own } }] }}                       | ${/^the event handler \(process 7\) runs the program in \/old, this is \/bot: run upgrade there$/}
`('is refused, with words: $what', ({ change, why }) => {
  const planned = plan(change);
  expect(planned.kind === 'refuse' ? planned.why.join('\n') : planned.kind).toMatch(why);
});

it('has systemd stop and start a unit', () => {
  const unit = { name: 'bot@event_handler.service', systemctl: 'systemctl --user' } as const;
  const planned = plan({ running: [{ ...runs, holding: { ...here, unit } }] });
  expect(planned).toMatchObject({ kind: 'upgrade', restart: [{ name: 'event_handler', unit }] });
});

it('names the daemons of other sites that run from the same clone', () => {
  const planned = plan({ others: [{ pid: 9, directory: '/other site' }, { pid: 10 }] });
  expect(planned).toMatchObject({
    kind: 'upgrade',
    besides: [
      "Process 9 runs from this clone, too; afterwards run: cd '/other site' && ./bot.sh restart",
      'Process 10 runs from this clone, too, as another account; restart it afterwards.',
    ],
  });
});

it('says all that stands in the way at once', () => {
  const elsewhere: SeenDaemon = { ...runs, name: 'job_manager', holding: { ...here, kind: 'elsewhere', host: 'b' } };
  const planned = plan({ inTheWay: { changed: ['a'], ownCommits: 1, untracked: [] }, running: [runs, elsewhere] });
  expect(planned.kind === 'refuse' && planned.why).toHaveLength(3);
});

it.each`
  words                                                   | started
  ${[]}                                                   | ${['start', 'event_handler']}
  ${['--config', 'my app.cfg', '--pull', '30']}           | ${['start', 'event_handler', '--config', 'my app.cfg', '--event-handler-opts', '--pull 30']}
  ${['--pull', '30', '--config=x.cfg', '--bot-name=a b']} | ${['start', 'event_handler', '--config=x.cfg', '--event-handler-opts', "--pull 30 '--bot-name=a b'"]}
`('starts it by $started', ({ words, started }) => {
  expect(startWords({ name: 'event_handler', words })).toEqual(started);
});
