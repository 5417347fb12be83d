import { expect, it } from 'vitest';
import { legacyPath } from './legacy-path.ts';

it.each`
  stem                                                         | path
  ${'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000'} | ${'2023.06/software/linux/x86_64/amd/zen2/1700000000'}
  ${'eessi--p---software-1'}                                   | ${'p/software/1'}
  ${'eessi_2023.06-init-1'}                                    | ${'2023.06/init/1'}
  ${'eessi.io-2023.06-compat-1'}                               | ${'io/2023.06/compat/1'}
`('$stem lies below $path', ({ stem, path }) => {
  expect(legacyPath(stem)).toBe(path);
});
