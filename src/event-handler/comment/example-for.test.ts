import { expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { parseComment } from './parse-comment.ts';
import { planComment } from './plan-comment.ts';

const site = exampleSettings();
const build = 'build for:arch=x86_64/amd/zen2';
const zen3 = 'for:arch=x86_64/amd/zen3';

it.each`
  typed                                     | example                                                                        | why
  ${'cancel 12345'}                         | ${'cancel jobid:12345'}                                                        | ${'the same, mended'}
  ${'status lastbuild'}                     | ${'status last_build'}                                                         | ${'the same, mended'}
  ${'kill jobid:7'}                         | ${'cancel jobid:7'}                                                            | ${'by another name'}
  ${`${build},repo:R1`}                     | ${`${build} repo:R1`}                                                          | ${'the same, mended'}
  ${'rebuild all'}                          | ${'rebuild'}                                                                   | ${'the command that was meant, not a build'}
  ${'rerun'}                                | ${'retry'}                                                                     | ${'whether anything was built is not known yet'}
  ${'retry'}                                | ${build}                                                                       | ${'understood: nothing was built yet'}
  ${`${build} please`}                      | ${build}                                                                       | ${'an example of its own'}
  ${'build for:arch=x86_64/amd/zen4'}       | ${'build for:arch=x86_64/amd/zen4,accel=None'}                                 | ${'as its reason says: only with an accelerator'}
  ${'build for:arch=zen3,acc=cc80 repo:R1'} | ${'build for:arch=x86_64/amd/zen3,accel=nvidia/cc80 repository:R1'}            | ${'as its reason says: the whole name'}
  ${'build on:arch=zen4 for:arch=a'}        | ${'build on:architecture=zen4,accel=None for:architecture=a'}                  | ${'as its reason says: only with an accelerator'}
  ${'build for:arch=x86_64/amd/zen4,acc=x'} | ${'build on:arch=x86_64/amd/zen4,accel=None for:arch=x86_64/amd/zen4,accel=x'} | ${'as its reason says: where to build'}
  ${`build repo:other ${zen3}`}             | ${`build ${zen3} repository:R1`}                                               | ${'as its reason says: the nearest'}
  ${`build ${zen3} repo:other sha:1a2b3c4`} | ${`build ${zen3} repository:R1 sha:1a2b3c4`}                                   | ${'the rest as it was typed'}
  ${'show_config repo:r1'}                  | ${'show_config repository:R1'}                                                 | ${'as its reason says: the nearest'}
  ${'log jobid:1 lines:0'}                  | ${'log jobid:1 lines:100'}                                                     | ${'the rest as it was typed'}
  ${'cancel all'}                           | ${'cancel'}                                                                    | ${'all, without a filter'}
  ${'build FOR:arch=x86_64/amd/zen3'}       | ${`build ${zen3}`}                                                             | ${'the same, mended'}
  ${`build ${zen3} bot: ping`}              | ${'build for:architecture=x86_64/amd/zen3'}                                    | ${'the first of two'}
  ${'show config'}                          | ${'show_config repo:R1'}                                                       | ${'by another name'}
  ${'nonsense'}                             | ${'help'}                                                                      | ${'no command is near'}
`('bot: $typed: type bot: $example ($why)', ({ typed, example }) => {
  const planned = planComment(parseComment(exampleComment(`bot: ${typed}`), site), {}, site);
  expect(planned.kind === 'planned' && planned.commands[0]?.outcome).toMatchObject({ example });
});
