import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dialects } from '../../settings/dialects.ts';
import { parseCommand } from './parse-command.ts';

it('understands a build of generation 9', () => {
  expect(
    parseCommand('build on:arch=zen-2,inst=a for:arch=x86_64/amd/zen2,accel=nvidia/cc80 repo:R1', dialects['9']),
  ).toEqual({
    kind: 'command',
    name: 'build',
    filters: [{ component: 'repository', pattern: 'R1' }],
    on: [
      { component: 'architecture', pattern: 'zen/2' },
      { component: 'instance', pattern: 'a' },
    ],
    for: { architectures: ['x86_64/amd/zen2'], accelerator: 'nvidia/cc80' },
    words: [],
    expanded:
      'build on:architecture=zen/2,instance=a for:architecture=x86_64/amd/zen2,accelerator=nvidia/cc80 repository:R1',
  });
});

it.each`
  generation | typed                                                                     | expanded
  ${'6'}     | ${'build'}                                                                | ${'build'}
  ${'6'}     | ${'build arch:x86-zen2 accel:nvidia=cc80'}                                | ${'build architecture:x86/zen2 accelerator:nvidia/cc80'}
  ${'7-8'}   | ${'build exp:SKIP_TESTS=yes'}                                             | ${'build exportvariable:SKIP_TESTS=yes'}
  ${'9'}     | ${'build repo:R1 for:arch=a-b+c/d'}                                       | ${'build for:architecture=a-b+c/d repository:R1'}
  ${'9'}     | ${'build for:arch=zen2'}                                                  | ${'build for:architecture=zen2'}
  ${'9'}     | ${'build for:arch=a,acc=b+c+d on:acc=b=c'}                                | ${'build for:architecture=a,accelerator=b+c+d on:accelerator=b/c'}
  ${'9'}     | ${'status last_build repo:R1'}                                            | ${'status repository:R1 last_build'}
  ${'9'}     | ${'help   inst:^bot-a$'}                                                  | ${'help instance:^bot-a$'}
  ${'6'}     | ${'build jobargs:A=b:c'}                                                  | ${'build exportvariable:A=b:c'}
  ${'9'}     | ${'build for:arch=a jobargs:EB_ARGS="--from-pr 345" sub:--time=01:00:00'} | ${'build for:architecture=a exportvariable:EB_ARGS="--from-pr 345" submitargs:--time=01:00:00'}
  ${'9'}     | ${`build for:arch=a "submitargs:-n 2" sub:'--time=30 --mem=30G'`}         | ${`build for:architecture=a submitargs:"-n 2" submitargs:'--time=30 --mem=30G'`}
  ${'9'}     | ${'build for:arch=a for:arch=b,acc=c'}                                    | ${'build for:architecture=a for:architecture=b,accelerator=c'}
  ${'9'}     | ${'status job:7'}                                                         | ${'status jobid:7'}
  ${'9'}     | ${'status jobi:7 jobid:8'}                                                | ${'status jobid:7 jobid:8'}
  ${'9'}     | ${'status repo:a:b'}                                                      | ${'status repository:a:b'}
  ${'6'}     | ${'build repo:(?:R1|R2) exp:A=b:c'}                                       | ${'build repository:(?:R1|R2) exportvariable:A=b:c'}
  ${'6'}     | ${'build sha:1A2B3C4 arch:zen2'}                                          | ${'build architecture:zen2 sha:1a2b3c4'}
`('[$generation] $typed is shown as $expanded', ({ generation, typed, expanded }) => {
  const command = parseCommand(typed, dialects[generation as keyof typeof dialects]);
  expect(command).toMatchObject({ kind: 'command', expanded });
  expect(parseCommand(expanded, dialects[generation as keyof typeof dialects])).toEqual(command);
});

it('takes several architectures in `for:`, each once, and the accelerators as they are', () => {
  expect(parseCommand('build for:arch=a+b+a,accel=x+y', dialects['9'])).toMatchObject({
    for: { architectures: ['a', 'b'], accelerator: 'x+y' },
  });
});

const forArch = 'for:arch=x86_64/amd/zen2';

it.each`
  generation | typed                                              | reason
  ${'9'}     | ${'biuld'}                                         | ${'`biuld` is no command; did you mean `build`?'}
  ${'9'}     | ${'Help'}                                          | ${'`Help` is no command; did you mean `help`?'}
  ${'9'}     | ${'please'}                                        | ${'`please` is no command; there are `help`, `build`, `retry`, `rebuild`, `explain`, `show_config`, `status`, `log`, `cancel`, `ping`.'}
  ${'9'}     | ${'deploy'}                                        | ${'`deploy` is no command: the label `bot:deploy` deploys; `bot: explain deploy` shows what it would upload.'}
  ${'9'}     | ${'build arch:zen2'}                               | ${'It lacks `for:`, which says what to build for, as in `for:arch=x86_64/amd/zen2`.'}
  ${'6'}     | ${'build sha:1a2b3c'}                              | ${'`sha:1a2b3c` names no commit; give at least 7 digits of it, as in `sha:1a2b3c4`.'}
  ${'6'}     | ${'build sha:main-branch'}                         | ${'`sha:main-branch` names no commit; give at least 7 digits of it, as in `sha:1a2b3c4`.'}
  ${'6'}     | ${'build sha:1a2b3c4 sha:1a2b3c5'}                 | ${'It has more than one `sha:`; a build is of one commit.'}
  ${'6'}     | ${'status sha:1a2b3c4'}                            | ${'`sha:` is for `build` only; `status` shows all commits.'}
  ${'6'}     | ${'ping sha:1a2b3c4'}                              | ${'`sha:` is for `build` only; `ping` tells of the bot alone.'}
  ${'9'}     | ${'build for:foo=x'}                               | ${'In `for:foo=x`: `foo` is no component; there are `architecture` and `accelerator`.'}
  ${'9'}     | ${'build for:arch='}                               | ${'In `for:arch=`, a value is empty; give a name such as `x86_64/amd/zen2`.'}
  ${'9'}     | ${'build for:arch=a+'}                             | ${'In `for:arch=a+`, a value is empty; give a name such as `x86_64/amd/zen2`.'}
  ${'9'}     | ${'build for:arch=a,accel=x+'}                     | ${'In `for:accel=x+`, a value is empty; give a name such as `x86_64/amd/zen2`.'}
  ${'9'}     | ${`build for:arch=a,accel=${'x+'.repeat(110)}y`}   | ${`In \`for:accel=${'x+'.repeat(110)}y\`, a name has 221 characters; 200 are allowed.`}
  ${'9'}     | ${'build for:accel=a=b,arch=x86_64/zen2'}          | ${'The item `accel=a=b` of `for:` has more than one `=`; items are `arch=NAME` and `accel=NAME`.'}
  ${'9'}     | ${'build for:arch'}                                | ${'The item `arch` of `for:` has no `=`; items are `arch=NAME` and `accel=NAME`.'}
  ${'9'}     | ${'build for:arch=a,'}                             | ${'`for:arch=a,` has an empty item; is there a comma too many?'}
  ${'9'}     | ${'build for:a=x86_64/amd/zen2'}                   | ${'In `for:a=x86_64/amd/zen2`: `a` is too short: type at least 3 letters of `architecture` or `accelerator`.'}
  ${'9'}     | ${'build for:accel=nvidia/cc80'}                   | ${'`for:accel=nvidia/cc80` names no architecture; add one, as in `for:arch=x86_64/amd/zen2`.'}
  ${'9'}     | ${'build for:arch=a,arch=b'}                       | ${'`for:arch=a,arch=b` has two architectures; write several as `arch=A+B`.'}
  ${'9'}     | ${`build ${forArch} now`}                          | ${'`now` is no argument; arguments are `component:pattern`. `bot: help build` lists the arguments.'}
  ${'9'}     | ${`build ${forArch} last_build`}                   | ${'`last_build` is no argument; arguments are `component:pattern`. `bot: help build` lists the arguments.'}
  ${'6'}     | ${'status last_build'}                             | ${'`last_build` is no argument; arguments are `component:pattern`. `bot: help status` lists the arguments.'}
  ${'9'}     | ${`build ${forArch} on:zen2`}                      | ${'The item `zen2` of `on:` has no `=`; items are `NAME=PATTERN`, as in `arch=zen2`.'}
  ${'9'}     | ${`build ${forArch} on:ar=zen2`}                   | ${'`ar` is too short: type at least 3 letters of `architecture`.'}
  ${'9'}     | ${'build on:arch=zen2 for:arch=../../x'}           | ${'In `for:arch=../../x`, `../../x` is no relative path: no part between `/` may be empty, `.` or `..`.'}
  ${'9'}     | ${'build for:arch=/etc'}                           | ${'In `for:arch=/etc`, `/etc` is no relative path: no part between `/` may be empty, `.` or `..`.'}
  ${'9'}     | ${'build on:arch=zen2 for:arch=a;b'}               | ${'In `for:arch=a;b`, `a;b` holds other characters than `A-Z a-z 0-9 . _ - /`.'}
  ${'9'}     | ${'build on:arch=zen2 for:arch=slurm-%j'}          | ${expect.stringContaining('holds other characters than `A-Z a-z 0-9 . _ - /`.')}
  ${'9'}     | ${'build on:arch=zen2 for:arch=a\\\\b'}            | ${expect.stringContaining('holds other characters than `A-Z a-z 0-9 . _ - /`.')}
  ${'9'}     | ${'build on:arch=zen2 for:arch=a\u0000'}           | ${expect.stringContaining('holds other characters than `A-Z a-z 0-9 . _ - /`.')}
  ${'9'}     | ${'build on:arch=zen2 for:arch=a\u001b[2J'}        | ${expect.stringContaining('holds other characters than `A-Z a-z 0-9 . _ - /`.')}
  ${'9'}     | ${'build on:arch=zen2 for:arch=a,accel=nvidia/%x'} | ${expect.stringContaining('holds other characters than `A-Z a-z 0-9 . _ - /`.')}
  ${'9'}     | ${`build ${forArch} repo:a,inst:b`}                | ${'`repo:a,inst:b` has two filters in one word; put a blank before `inst:b`.'}
  ${'6'}     | ${'build arch:repo:R1'}                            | ${'`arch:repo:R1` has two filters in one word; put a blank before `repo:R1`.'}
  ${'9'}     | ${`build ${forArch} sha:1a2b3c4:5`}                | ${'`sha:1a2b3c4:5` names no commit; give at least 7 digits of it, as in `sha:1a2b3c4`.'}
  ${'9'}     | ${'build for:arch=a:b'}                            | ${'In `for:arch=a:b`, `a:b` holds other characters than `A-Z a-z 0-9 . _ - /`.'}
  ${'9'}     | ${`build ${forArch} repo:`}                        | ${'`repo:` has an empty pattern; give something to search for.'}
  ${'9'}     | ${`build ${forArch} re:R1`}                        | ${'`re` is too short: type at least 3 letters of `repository`.'}
  ${'9'}     | ${`build ${forArch} rpeo:R1`}                      | ${'`rpeo` is no component; did you mean `repository`?'}
  ${'9'}     | ${`build ${forArch} repo:(`}                       | ${'`repo:(` is no valid regular expression: `missing closing ): (`.'}
  ${'9'}     | ${`build ${forArch} repo:a(?!b)`}                  | ${'`repo:a(?!b)` is no valid regular expression: look-around such as `(?=…)` is not supported; use several filters instead.'}
  ${'9'}     | ${`build ${forArch} repo:(a)\\1`}                  | ${'`repo:(a)\\1` is no valid regular expression: back-references such as `\\1` are not supported.'}
  ${'9'}     | ${`build ${forArch} repo:${'a'.repeat(201)}`}      | ${'The pattern of `repository:` has 201 characters; 200 are allowed.'}
  ${'9'}     | ${'status jobargs:A=b'}                            | ${'`jobargs:` is for `build` only; `status` has no job to give arguments to.'}
  ${'9'}     | ${'show_config sub:-n2'}                           | ${'`submitargs:` is for `build` only; `show_config` submits no job.'}
  ${'9'}     | ${`build ${forArch} jobargs:A="b c`}               | ${'`jobargs:A="b` has a `"` without its partner; type one at each end of what belongs together. `c` is no argument; arguments are `component:pattern`. `bot: help build` lists the arguments.'}
  ${'9'}     | ${`build ${forArch} submitargs:`}                  | ${'`submitargs:` has nothing behind its colon.'}
  ${'9'}     | ${`build ${forArch} jobarg:A=b`}                   | ${'`jobarg` is too short: type all of `jobargs`.'}
  ${'9'}     | ${`build ${forArch} sub:${'-'.repeat(1001)}`}      | ${'The pattern of `submitargs:` has 1001 characters; 1000 are allowed.'}
  ${'9'}     | ${'status export:A=b'}                             | ${'`exportvariable:` is for `build` only; `status` has nothing to export to.'}
  ${'9'}     | ${'show_config for:arch=a'}                        | ${'`for:` is for `build` only; `show_config` takes filters such as `arch:PATTERN`.'}
  ${'6'}     | ${'build for:arch=a'}                              | ${'`for` is no component; there are `architecture`, `exportvariable`, `instance`, `repository`, `sha` and `submitargs`.'}
`('[$generation] $typed: $reason', ({ generation, typed, reason }) => {
  expect(parseCommand(typed, dialects[generation as keyof typeof dialects])).toMatchObject({
    kind: 'misunderstood',
    reason,
  });
});

it.each`
  typed                                           | reason                                                                                                                                                   | meant
  ${'build for: arch=x86_64/amd/zen2'}            | ${'An argument has no blank behind its `:` or `,`.'}                                                                                                     | ${forArch}
  ${'build for:arch=x86_64/amd/zen2, accel=a/b '} | ${'An argument has no blank behind its `:` or `,`.'}                                                                                                     | ${`${forArch},accel=a/b`}
  ${`build ${forArch} accel=a/b`}                 | ${'The accelerator is a part of `for:`: a comma stands before it, no blank.'}                                                                            | ${`${forArch},accel=a/b`}
  ${`build ${forArch},repo:R1`}                   | ${'Behind a comma of `for:` or `on:` stands `NAME=VALUE`; before another argument stands a blank.'}                                                      | ${`${forArch} repo:R1`}
  ${'status inst=bot-a arch=zen2'}                | ${'Behind the name of an argument stands `:`, no `=`.'}                                                                                                  | ${'inst:bot-a arch:zen2'}
  ${'build for:x86_64/amd/zen2'}                  | ${'The item `x86_64/amd/zen2` of `for:` has no `=`; items are `arch=NAME` and `accel=NAME`.'}                                                            | ${forArch}
  ${'build for:arch:x86_64/amd/zen2 repo:R1'}     | ${'The item `arch:x86_64/amd/zen2` of `for:` has no `=`; items are `arch=NAME` and `accel=NAME`.'}                                                       | ${`${forArch} repo:R1`}
  ${'build arch:x86_64/amd/zen2 repo:R1'}         | ${'It lacks `for:`, which says what to build for, as in `for:arch=x86_64/amd/zen2`.'}                                                                    | ${`${forArch} repo:R1`}
  ${'cancel 123'}                                 | ${'`123` is no argument; arguments are `component:pattern`. Did you mean `jobid:123`?'}                                                                  | ${'jobid:123'}
  ${'retry 123'}                                  | ${'`123` is no argument; arguments are `component:pattern`. `bot: help retry` lists the arguments.'}                                                     | ${'123'}
  ${'explain deploy now'}                         | ${'`now` is no argument; arguments are `component:pattern`. `bot: help explain` lists the arguments.'}                                                   | ${undefined}
  ${'build FOR:arch=x86_64/amd/zen2 Repo:R1'}     | ${'The name of an argument stands in small letters.'}                                                                                                    | ${`${forArch} repo:R1`}
  ${'build fro:arch=x86_64/amd/zen2 repo:R1'}     | ${'`fro` is no component; did you mean `for`? It lacks `for:`, which says what to build for, as in `for:arch=x86_64/amd/zen2`.'}                         | ${undefined}
  ${`build ${forArch} target:zen2`}               | ${'`target` is no component; there are `accelerator`, `architecture`, `exportvariable`, `for`, `instance`, `on`, `repository`, `sha` and `submitargs`.'} | ${undefined}
  ${`build ${forArch} bot: status`}               | ${'It has another `bot:` behind it: type one command per line.'}                                                                                         | ${'for:architecture=x86_64/amd/zen2'}
  ${'status bot: build all bot:ping'}             | ${'It has another `bot:` behind it: type one command per line.'}                                                                                         | ${''}
  ${'cancel all'}                                 | ${'`all` is no argument; arguments are `component:pattern`. `bot: help cancel` lists the arguments.'}                                                    | ${''}
  ${'log jobid:1 lines:0'}                        | ${'`lines:0` is no number of lines: give 1 to 500, as in `lines:100`.'}                                                                                  | ${'jobid:1 lines:100'}
  ${'log jobid:1 lines:501'}                      | ${'`lines:501` is no number of lines: give 1 to 500, as in `lines:100`.'}                                                                                | ${'jobid:1 lines:500'}
  ${'show config'}                                | ${'`show` is no command; did you mean `show_config`?'}                                                                                                   | ${'config'}
  ${'configs'}                                    | ${'`configs` is no command; did you mean `show_config`?'}                                                                                                | ${''}
  ${'stop jobid:7'}                               | ${'`stop` is no command; did you mean `cancel`?'}                                                                                                        | ${'jobid:7'}
  ${'upload'}                                     | ${'`upload` is no command: the label `bot:deploy` deploys; `bot: explain deploy` shows what it would upload.'}                                           | ${undefined}
  ${'constructor'}                                | ${'`constructor` is no command; there are `help`, `build`, `retry`, `rebuild`, `explain`, `show_config`, `status`, `log`, `cancel`, `ping`.'}            | ${undefined}
`('$typed: $reason', ({ typed, reason, meant }) => {
  const parsed = parseCommand(typed, dialects['9']);
  expect(parsed).toMatchObject({ kind: 'misunderstood', reason });
  const words = parsed.kind === 'misunderstood' ? parsed.meant?.split(' ') : undefined;
  if (meant !== undefined) expect(words?.slice(1).join(' ')).toBe(meant);
});

it.each([
  'status inst: bot-b',
  'status INST:bot-b',
  'status inst:bot-b bot: ping',
  'status bot: ping inst:bot-b',
  'status bot: ping bot:build for: inst:bot-b',
  'status inst:bot-b bot: ping inst:bot-c',
  'status bot: ping inst:bot-b bot: ping inst:bot-c',
  'status on:inst=bot-b',
  'status bot: build for:arch=a on:inst=bot-b',
])('%s hides nobody', (typed) => {
  expect(parseCommand(typed, dialects['9'])).toMatchObject({
    kind: 'misunderstood',
    instanceFilters: [{ component: 'instance', pattern: 'bot-b' }],
  });
});

it('mends a slip of what somebody may have typed, and not of a text that nobody has', () => {
  expect(parseCommand('build FOR:arch=a', dialects['9'])).toMatchObject({ meant: 'build for:arch=a' });
  const long = `build FOR:arch=a ${'A'.repeat(65_000)}`;
  expect(parseCommand(long, dialects['9'])).toMatchObject({ kind: 'misunderstood', about: 'build' });
  expect(parseCommand(`build ${'A'.repeat(990)} FOR:`, dialects['9']).kind).toBe('misunderstood');
});

it('names every problem of a command', () => {
  expect(parseCommand('build now for:arch=a;b later', dialects['9'])).toMatchObject({
    reason:
      '`now` is no argument; arguments are `component:pattern`. In `for:arch=a;b`, `a;b` holds other characters than `A-Z a-z 0-9 . _ - /`. `later` is no argument; arguments are `component:pattern`. `bot: help build` lists the arguments.',
  });
});

it('finds out whom a malformed command is for', () => {
  const instanceFilters = [{ component: 'instance', pattern: 'bot-b' }];
  expect(parseCommand('buld inst:bot-b', dialects['9'])).toMatchObject({ kind: 'misunderstood', instanceFilters });
  expect(parseCommand('inst:bot-b build', dialects['9'])).toMatchObject({ kind: 'misunderstood', instanceFilters });
  expect(parseCommand('build on:inst=bot-b', dialects['9'])).toMatchObject({ kind: 'misunderstood', instanceFilters });
});

it('refuses more architectures than anyone means', () => {
  const names = Array.from({ length: 101 }, (_, index) => `a${index}`).join('+');
  for (const typed of [`for:arch=${names}`, `for:arch=${names.replace('+a50+', ' for:arch=a50+')}`]) {
    expect(parseCommand(`build ${typed}`, dialects['9'])).toMatchObject({
      reason: '`for:` asks for 101 architectures; 100 are allowed in one command.',
    });
  }
});

it('never throws, whatever is typed', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'build',
      'status',
      'for:',
      'on:',
      'arch:',
      'repo:',
      '=',
      ',',
      '+',
      ':',
      'last_build',
      ' ',
      '(?=',
      '\\1',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom(...Object.values(dialects)), (words, dialect) => {
      parseCommand(words.join(''), dialect);
    }),
  );
});
