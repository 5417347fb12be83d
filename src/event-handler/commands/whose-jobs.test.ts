import { expect, it } from 'vitest';
import { whoseJobs } from './whose-jobs.ts';

const ours = (id?: string) => ({ ...(id !== undefined && { id }), isOurs: true });
const theirs = (id?: string) => ({ ...(id !== undefined && { id }), isOurs: false });
const unknown = 'no job `99` was announced on this pull request; `bot: status` lists the jobs';
const gone =
  'this instance announced job `99`, and has it no more: its directory is moved away when the pull request is closed, or its record was damaged';

it.each`
  what                                                             | ids             | announced                     | whose
  ${'nobody announced it, and the last job is ours'}               | ${['99']}       | ${[theirs('8'), ours('7')]}   | ${{ kind: 'refused', reason: unknown }}
  ${"nobody announced it, and the last job is another instance's"} | ${['99']}       | ${[ours('7'), theirs('8')]}   | ${{ kind: 'left-to-others' }}
  ${'another instance announced it, though the last job is ours'}  | ${['99']}       | ${[theirs('99'), ours('7')]}  | ${{ kind: 'left-to-others' }}
  ${'another instance announced one of them'}                      | ${['99', '98']} | ${[theirs('98'), ours('7')]}  | ${{ kind: 'left-to-others' }}
  ${'another instance announced a job without its number'}         | ${['99']}       | ${[theirs(), ours('7')]}      | ${{ kind: 'left-to-others' }}
  ${'we announced a job without its number: it is not the one'}    | ${['99']}       | ${[ours()]}                   | ${{ kind: 'refused', reason: unknown }}
  ${"we did so, and the last job is another instance's"}           | ${['99']}       | ${[ours(), theirs('8')]}      | ${{ kind: 'refused', reason: unknown }}
  ${'we did so, and another instance, too'}                        | ${['99']}       | ${[theirs(), ours()]}         | ${{ kind: 'left-to-others' }}
  ${'we announced it, and have it no more'}                        | ${['99']}       | ${[ours('99'), theirs('8')]}  | ${{ kind: 'refused', reason: gone }}
  ${'we announced one of them, nobody the other'}                  | ${['99', '98']} | ${[ours('99'), theirs('8')]}  | ${{ kind: 'refused', reason: `${gone}; no job \`98\` was announced on this pull request` }}
  ${'we announced one of them, another instance the other'}        | ${['98', '99']} | ${[ours('99'), theirs('98')]} | ${{ kind: 'refused', reason: gone }}
  ${'no job was announced at all: then each may be meant'}         | ${['99']}       | ${[]}                         | ${{ kind: 'nothing-matches', reason: unknown }}
`('$what', ({ ids, announced, whose }) => {
  expect(whoseJobs(ids, announced)).toEqual(whose);
});

it.each`
  announced                        | named
  ${['a 7']}                       | ${['99']}
  ${['a 7', 'b 8', 'c 9', 'a 10']} | ${['99']}
  ${['a 7', 'b 99', 'c 9']}        | ${['99']}
  ${['c 7', 'b 8']}                | ${['98', '99']}
  ${['b', 'c 8', 'a 9']}           | ${['5']}
  ${['b', 'b', 'a 9']}             | ${['5']}
`(
  'of three instances, which have none of $named any more, one alone answers after $announced',
  ({ announced, named }) => {
    const seenBy = (instance: string) =>
      announced.map((each: string) => (each.startsWith(instance) ? ours : theirs)(each.slice(2) || undefined));
    const answers = ['a', 'b', 'c'].map((instance) => whoseJobs(named, seenBy(instance)).kind);
    expect(answers.toSorted()).toEqual(['left-to-others', 'left-to-others', 'refused']);
  },
);
