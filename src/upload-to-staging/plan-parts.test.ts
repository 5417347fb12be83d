import { expect, it } from 'vitest';
import { planParts } from './plan-parts.ts';

const [mb, gb] = [1024 ** 2, 1024 ** 3];

it.each`
  what                                         | size        | wanted                                                              | parts       | sideBySide
  ${'nothing is set'}                          | ${12 * mb}  | ${{}}                                                               | ${5 * mb}   | ${4}
  ${'256 GiB in 10,000 parts at most'}         | ${256 * gb} | ${{}}                                                               | ${40 * mb}  | ${4}
  ${'larger parts'}                            | ${1 * gb}   | ${{ multipartChunksize: 64 * mb }}                                  | ${64 * mb}  | ${4}
  ${'more requests'}                           | ${1 * gb}   | ${{ multipartChunksize: 16 * mb, maxConcurrentRequests: 20 }}       | ${16 * mb}  | ${20}
  ${'one after the other'}                     | ${1 * gb}   | ${{ maxConcurrentRequests: 1 }}                                     | ${5 * mb}   | ${1}
  ${'below the threshold: one request'}        | ${63 * mb}  | ${{ multipartThreshold: 64 * mb, multipartChunksize: 16 * mb }}     | ${63 * mb}  | ${1}
  ${'at the threshold: parts'}                 | ${64 * mb}  | ${{ multipartThreshold: 64 * mb, multipartChunksize: 16 * mb }}     | ${16 * mb}  | ${4}
  ${'a small file below the threshold'}        | ${1}        | ${{ multipartThreshold: 64 * mb }}                                  | ${5 * mb}   | ${1}
  ${'too large for memory, though below it'}   | ${9 * gb}   | ${{ multipartThreshold: 10_000 * mb, multipartChunksize: 16 * mb }} | ${16 * mb}  | ${4}
  ${'parts that are too large for memory'}     | ${9 * gb}   | ${{ multipartChunksize: 1 * gb }}                                   | ${512 * mb} | ${1}
  ${'too many requests for memory'}            | ${9 * gb}   | ${{ multipartChunksize: 64 * mb, maxConcurrentRequests: 100 }}      | ${64 * mb}  | ${8}
  ${'parts that are smaller than stores take'} | ${1 * gb}   | ${{ multipartChunksize: 1 * mb }}                                   | ${5 * mb}   | ${4}
  ${'parts of which there would be too many'}  | ${200 * gb} | ${{ multipartChunksize: 16 * mb, maxConcurrentRequests: 10 }}       | ${32 * mb}  | ${10}
`('$what: parts of $parts bytes, $sideBySide side by side', ({ size, wanted, parts, sideBySide }) => {
  expect(planParts(size, wanted)).toEqual({ partSize: parts, queueSize: sideBySide });
});
