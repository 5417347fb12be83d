// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of prefixes, not of this file.
import { expect, it } from 'vitest';
import { expandPrefix, legacyPath } from './choose-prefixes.ts';

const values = { github_repository: 'O/R', pull_request_number: '9', SITE: '$NESTED', EMPTY: '', NESTED: 'x' };

it.each`
  what                               | prefix                                             | expanded
  ${'both ways to write a variable'} | ${'new/${github_repository}/$pull_request_number'} | ${'new/O/R/9'}
  ${'a variable without a value'}    | ${'a/${MISSING}/$EMPTY/b'}                         | ${'a///b'}
  ${'a value is not expanded again'} | ${'$SITE'}                                         | ${'$NESTED'}
  ${'a name ends where names end'}   | ${'$pull_request_number-x'}                        | ${'9-x'}
  ${'no command is run'}             | ${'$(id)/`id`/$((1+1))'}                           | ${'$(id)/`id`/$((1+1))'}
  ${'no other expansion of shells'}  | ${'${SITE:-x}/${#SITE}/~/*'}                       | ${'${SITE:-x}/${#SITE}/~/*'}
  ${'a lone dollar'}                 | ${'a$/$1'}                                         | ${'a$/$1'}
  ${'a property of every object'}    | ${'x$constructor'}                                 | ${'x'}
`('$what: $prefix', ({ prefix, expanded }) => {
  expect(expandPrefix(prefix, values)).toBe(expanded);
});

it.each`
  stem                                                         | path
  ${'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000'} | ${'2023.06/software/linux/x86_64/amd/zen2/1700000000'}
  ${'eessi--p---software-1'}                                   | ${'p/software/1'}
  ${'eessi_2023.06-init-1'}                                    | ${'2023.06/init/1'}
  ${'eessi.io-2023.06-compat-1'}                               | ${'io/2023.06/compat/1'}
`('$stem lies below $path', ({ stem, path }) => {
  expect(legacyPath(stem)).toBe(path);
});
