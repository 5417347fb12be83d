import { expect, it } from 'vitest';
import { isRefused } from './determine-submit-options.ts';

it.each`
  word                         | refused
  ${'--time=2:00:00'}          | ${false}
  ${'-p'}                      | ${false}
  ${'gpu'}                     | ${false}
  ${'-pDebug'}                 | ${false}
  ${'--exclusive'}             | ${false}
  ${'--exclude=node1'}         | ${false}
  ${'--hold'}                  | ${false}
  ${'--gres=gpu:1'}            | ${false}
  ${'--wrap=id'}               | ${true}
  ${'--wr=id'}                 | ${true}
  ${'--uid=0'}                 | ${true}
  ${'--gid'}                   | ${true}
  ${'--export=ALL,PATH=/evil'} | ${true}
  ${'--export-file=/evil'}     | ${true}
  ${'--chdir=/'}               | ${true}
  ${'-D/'}                     | ${true}
  ${'-HD'}                     | ${true}
  ${'--array=0-9999'}          | ${true}
  ${'-a0-9999'}                | ${true}
  ${'--parsable'}              | ${true}
  ${'-W'}                      | ${true}
  ${'--test-only'}             | ${true}
`('$word of det_submit_opts is refused: $refused', ({ word, refused }) => {
  expect(isRefused(word)).toBe(refused);
});
