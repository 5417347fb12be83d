import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { Filter } from './filter.ts';
import { judgeArguments } from './judge-arguments.ts';

const { build } = exampleSettings();
const exported = (pattern: string): Filter => ({ component: 'exportvariable', pattern });
const option = (pattern: string): Filter => ({ component: 'submitargs', pattern });
const allowed = {
  ...build,
  allowedExports: [],
  allowedJobArguments: [{ key: '^SKIP_', value: '^(yes|no)$' }, { key: '^EB_ARGS$' }],
  allowedSubmitArguments: [{ value: '^--time=[0-9:]+$' }, { value: '^--mem[= ][0-9]+G$' }],
};
const entries = (...allowedExports: string[]) => ({ ...build, allowedExports });

it.each`
  what                                       | filters                                                      | settings                     | given
  ${'nothing'}                               | ${[]}                                                        | ${build}                     | ${{ exports: [] }}
  ${'an entry of allowed_exportvars'}        | ${[exported('SKIP_TESTS=yes')]}                              | ${entries('SKIP_TESTS=yes')} | ${{ exports: ['SKIP_TESTS=yes'] }}
  ${'an entry with quotes, typed with them'} | ${[exported('A="b"')]}                                       | ${entries('A="b"')}          | ${{ exports: ['A="b"'] }}
  ${'an entry, typed in quotes'}             | ${[exported('"A=b"')]}                                       | ${entries('A=b')}            | ${{ exports: ['A=b'] }}
  ${'an entry with a blank gets quotes'}     | ${[exported('"A=b c"')]}                                     | ${entries('A=b c')}          | ${{ exports: ['A="b c"'] }}
  ${'the same twice'}                        | ${[exported('A=b'), exported('A=b')]}                        | ${entries('A=b')}            | ${{ exports: ['A=b'] }}
  ${'patterns of allowed_jobargs count'}     | ${[exported('SKIP_X=no'), exported('EB_ARGS="-a 1 --b=2"')]} | ${allowed}                   | ${{ exports: ['SKIP_X=no', 'EB_ARGS="-a 1 --b=2"'] }}
  ${'options for sbatch, each a word'}       | ${[option('"--time=1:00 --mem 30G"'), option('--mem=2G')]}   | ${allowed}                   | ${{ exports: [], submitArguments: ['--time=1:00', '--mem=30G', '--mem=2G'] }}
  ${'filters are none'}                      | ${[{ component: 'repository', pattern: 'R1' }]}              | ${allowed}                   | ${{ exports: [] }}
`('$what', ({ filters, settings, given }) => {
  expect(judgeArguments(filters, settings)).toEqual(given);
});

it.each`
  what                                                       | filters                                          | settings                                   | refused
  ${'no entries: nothing'}                                   | ${[exported('A=b')]}                             | ${entries()}                               | ${'`exportvariable:A=b` cannot be exported; this bot allows no exports; its admin can allow some (`allowed_exportvars`).'}
  ${'an entry is no pattern'}                                | ${[exported('A=bb'), exported('A.=b')]}          | ${entries('A=b')}                          | ${'`exportvariable:A=bb`, `exportvariable:A.=b` cannot be exported; this bot allows `A=b`; its admin can allow more (`allowed_exportvars`).'}
  ${'no entry of allowed_exportvars beside allowed_jobargs'} | ${[exported('A=b')]}                             | ${{ ...allowed, allowedExports: ['A=b'] }} | ${'`jobargs:A=b`: `b` is not allowed; this bot allows what matches `^SKIP_=^(yes|no)$`, `^EB_ARGS$`; its admin can allow more (`allowed_jobargs`).'}
  ${'an entry with what a shell would carry out'}            | ${[exported("'A=b;c d'")]}                       | ${entries('A=b;c d')}                      | ${"`exportvariable:'A=b;c d'` cannot be exported; this bot allows `A=b;c d`; its admin can allow more (`allowed_exportvars`)."}
  ${'nothing given to sbatch unless it is allowed'}          | ${[option('--mem=2G')]}                          | ${entries('--mem=2G')}                     | ${'`submitargs:--mem=2G`: this bot allows none; its admin can allow some (`allowed_submitargs`). Leave it out.'}
  ${'all that is wrong'}                                     | ${[exported('SKIP_X=1'), option('--output=/x')]} | ${allowed}                                 | ${"`jobargs:SKIP_X=1`: `1` is not allowed; this bot allows what matches `^SKIP_=^(yes|no)$`, `^EB_ARGS$`; its admin can allow more (`allowed_jobargs`). `submitargs:--output=/x`: `--output` is this bot's to set: it would take the job out of its hands. Leave it out."}
`('refused: $what', ({ filters, settings, refused }) => {
  expect(judgeArguments(filters, settings)).toEqual({ refused });
});
