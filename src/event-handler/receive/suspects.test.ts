import { expect, it } from 'vitest';
import { SignatureOutcomes } from './signature-outcomes.ts';

const minute = 'a minute';

it.each`
  what                                                   | taken                                                        | told
  ${'the first of each at once'}                         | ${['wrong', 'missing', 'right']}                             | ${['wrong', 'missing', 'right']}
  ${'of any number of wrong ones the first'}             | ${['wrong', 'wrong', 'wrong']}                               | ${['wrong']}
  ${'and the last within the minute'}                    | ${['wrong', 'wrong', minute, minute]}                        | ${['wrong', 'wrong']}
  ${'those that alternate as few'}                       | ${['wrong', 'missing', 'wrong', 'missing', 'wrong', minute]} | ${['wrong', 'missing', 'wrong']}
  ${'a right one each time'}                             | ${['right', 'right']}                                        | ${['right', 'right']}
  ${'none that a right one followed'}                    | ${['wrong', 'wrong', 'right', minute]}                       | ${['wrong', 'right']}
  ${'a wrong one that followed a right one, by and by'}  | ${['wrong', 'right', 'wrong', minute]}                       | ${['wrong', 'right', 'wrong']}
  ${'the first again, when there was none for a minute'} | ${['wrong', minute, 'wrong', minute, minute, 'wrong']}       | ${['wrong', 'wrong', 'wrong']}
`('tells $what', ({ taken, told }) => {
  const heard: string[] = [];
  const outcomes = new SignatureOutcomes((outcome) => heard.push(outcome));
  for (const each of taken) each === minute ? outcomes.minute() : outcomes.take(each);
  expect(heard).toEqual(told);
});
