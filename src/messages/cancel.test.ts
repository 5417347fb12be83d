import { expect, it } from 'vitest';
import { type Cancelled, mayNotCancel, type NotCancelled, tellCancelled } from './cancel.ts';
import { md } from './markdown.ts';

const nothing: Cancelled = { cancelled: [], later: [], refused: [] };
const tell = (more: Partial<Cancelled>) => tellCancelled({ ...nothing, ...more });
const ids = (valid: number, ...dropped: string[]) => ({ valid, dropped });
const not = (id: string, why: NotCancelled['why']): NotCancelled => ({ id, why });
const noId = '`12_1` is no job id; a job id is a number, as in `jobid:1234`.';
const notCancelled = (why: string) => `job \`7\` was not cancelled: ${why}.`;

it.each`
  what                              | told                                                                                                        | done                                                                                                                                                     | why
  ${'two jobs'}                     | ${{ ids: ids(2), cancelled: ['7', '8'] }}                                                                   | ${['cancelled job `7`', 'cancelled job `8`']}                                                                                                            | ${[]}
  ${'nothing that is a number'}     | ${{ ids: ids(0, '12_1') }}                                                                                  | ${['No valid job IDs were given.']}                                                                                                                      | ${[noId]}
  ${'a job, and what is no number'} | ${{ ids: ids(1, '12_1'), cancelled: ['7'] }}                                                                | ${['cancelled job `7`']}                                                                                                                                 | ${[noId]}
  ${'nothing that matches'}         | ${{}}                                                                                                       | ${['No jobs were cancelled.']}                                                                                                                           | ${['nothing that is meant waits or runs on this instance; `bot: status` lists all jobs.']}
  ${'one that is not here'}         | ${{ ids: ids(1), refused: [not('7', { kind: 'unknown' })] }}                                                | ${['No cancellable jobs were given.']}                                                                                                                   | ${[notCancelled('this instance has no such job')]}
  ${'one of another pull request'}  | ${{ ids: ids(1), refused: [not('7', { kind: 'another pull request' })] }}                                   | ${['No cancellable jobs were given.']}                                                                                                                   | ${[notCancelled('it belongs to another pull request; type the command there')]}
  ${'one that has ended'}           | ${{ ids: ids(1), refused: [not('7', { kind: 'ended' })] }}                                                  | ${['No cancellable jobs were given.']}                                                                                                                   | ${[notCancelled('it has ended, or is ending')]}
  ${'one of which it is told how'}  | ${{ ids: ids(1), refused: [not('7', { kind: 'ended', how: md`\`TIMEOUT\`` })] }}                            | ${['No cancellable jobs were given.']}                                                                                                                   | ${[notCancelled('it has ended: `TIMEOUT`')]}
  ${"somebody else's"}              | ${{ ids: ids(1), refused: [not('7', { kind: 'not the owner', owner: 'bob' })] }}                            | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled('it was ordered by `bob`, and on this instance a job is cancelled by its owner')]}
  ${"nobody's"}                     | ${{ ids: ids(1), refused: [not('7', { kind: 'not the owner' })] }}                                          | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled("nobody knows who ordered it, and on this instance a job is cancelled by its owner; the bot's admin can cancel it")]}
  ${'one that is not matched'}      | ${{ ids: ids(1), refused: [not('7', { kind: 'not matched' })] }}                                            | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled('the other filters do not match it')]}
  ${'one that is being submitted'}  | ${{ refused: [not('7', { kind: 'under way' })] }}                                                           | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled('the command that builds it is still under way; type it again when the job has its comment')]}
  ${'one whose record was changed'} | ${{ refused: [not('7', { kind: 'unreadable' })] }}                                                          | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled("its record was changed by something other than the bot, perhaps the job itself; the bot's admin can cancel it")]}
  ${'one that bob has cancelled'}   | ${{ refused: [not('7', { kind: 'cancelled before', by: 'bob' })] }}                                         | ${['No jobs were cancelled.']}                                                                                                                           | ${[notCancelled('`bob` has cancelled it already, and its end is not told yet')]}
  ${'one that Slurm refuses'}       | ${{ cancelled: ['8'], refused: [not('7', { kind: 'refused', message: 'Access/permission denied @bob' })] }} | ${['cancelled job `8`']}                                                                                                                                 | ${[expect.stringMatching(/^job `7` was not cancelled: Slurm refuses it: Access\/permission denied (?!@bob).*bob\.$/)]}
  ${'one while Slurm is away'}      | ${{ ids: ids(1), later: ['7'] }}                                                                            | ${["job `7` is not cancelled yet: Slurm does not answer. The bot tries it again by itself, for three days at most, and tells it in the job's comment."]} | ${[]}
`('tells of $what', ({ told, done, why }) => {
  expect(tell(told)).toEqual({ done, why });
});

it('tells who may not', () => {
  expect(mayNotCancel('carol')).toBe('User `carol` cannot submit or cancel build jobs.');
});
