import { expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { parseComment } from './parse-comment.ts';
import { planComment } from './plan-comment.ts';

const site = exampleSettings();
const build = 'build for:arch=x86_64/amd/zen2';

it.each`
  typed                 | example                 | why
  ${'cancel 12345'}     | ${'cancel jobid:12345'} | ${'the same, mended'}
  ${'status lastbuild'} | ${'status last_build'}  | ${'the same, mended'}
  ${'kill jobid:7'}     | ${'cancel jobid:7'}     | ${'by another name'}
  ${`${build},repo:R1`} | ${`${build} repo:R1`}   | ${'the same, mended'}
  ${'rebuild all'}      | ${'rebuild'}            | ${'the command that was meant, not a build'}
  ${'rerun'}            | ${'retry'}              | ${'whether anything was built is not known yet'}
  ${'retry'}            | ${build}                | ${'understood: nothing was built yet'}
  ${`${build} please`}  | ${build}                | ${'an example of its own'}
  ${'nonsense'}         | ${'help'}               | ${'no command is near'}
`('bot: $typed: type bot: $example ($why)', ({ typed, example }) => {
  const planned = planComment(parseComment(exampleComment(`bot: ${typed}`), site), {}, site);
  expect(planned.kind === 'planned' && planned.commands[0]?.outcome).toMatchObject({ example });
});
