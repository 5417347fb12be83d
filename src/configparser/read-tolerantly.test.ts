import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTolerantly } from './read-tolerantly.ts';

it.each`
  what                              | text                                                                        | section     | key                      | value
  ${'percent signs as bash writes'} | ${'[RESULT]\ncomment_description = 50% done, 3%% left\nstatus = SUCCESS\n'} | ${'RESULT'} | ${'comment_description'} | ${'50% done, 3% left'}
  ${'a reference stays as it is'}   | ${'[RESULT]\nstatus = %(x)s\n'}                                             | ${'RESULT'} | ${'status'}              | ${'%(x)s'}
  ${'a list of continuation lines'} | ${'[RESULT]\nartefacts = \n    a.tar.gz\n    b.tar.zst\n'}                  | ${'RESULT'} | ${'artefacts'}           | ${'\na.tar.gz\nb.tar.zst'}
  ${'no artefacts, a blank line'}   | ${'[RESULT]\nartefacts = \n\n'}                                             | ${'RESULT'} | ${'artefacts'}           | ${''}
  ${'a section that is not there'}  | ${'[RESULT]\nstatus = SUCCESS\n'}                                           | ${'TEST'}   | ${'status'}              | ${undefined}
  ${'a key that is not there'}      | ${'[TEST]\n'}                                                               | ${'TEST'}   | ${'status'}              | ${undefined}
  ${'unknown sections, keys'}       | ${'[X]\ny = 1\n[TEST]\nz = 2\nstatus = FAILURE\n'}                          | ${'TEST'}   | ${'status'}              | ${'FAILURE'}
  ${'a bad line before'}            | ${'noise\n[TEST]\nnoise\nstatus = FAILURE\n'}                               | ${'TEST'}   | ${'status'}              | ${'FAILURE'}
  ${'twice, and different'}         | ${'[TEST]\nstatus = FAILURE\nstatus = SUCCESS\n'}                           | ${'TEST'}   | ${'status'}              | ${undefined}
  ${'twice, in a second section'}   | ${'[TEST]\nstatus = FAILURE\n[A]\n[TEST]\nstatus = SUCCESS\n'}              | ${'TEST'}   | ${'status'}              | ${undefined}
  ${'twice the same'}               | ${'[TEST]\nstatus = FAILURE\nSTATUS=FAILURE\n'}                             | ${'TEST'}   | ${'status'}              | ${'FAILURE'}
  ${'the key in any case'}          | ${'[PR]\nPR_Number = 9\n'}                                                  | ${'PR'}     | ${'pr_number'}           | ${'9'}
  ${'nothing at all'}               | ${''}                                                                       | ${'PR'}     | ${'pr_number'}           | ${undefined}
`('$what', ({ text, section, key, value }) => {
  expect(readTolerantly(text).valueOf(section, key)).toBe(value);
});

it('never throws, whatever is in the file', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      readTolerantly(`[a]\n${text}`).valueOf('a', 'b');
    }),
    { seed: 1 },
  );
});
