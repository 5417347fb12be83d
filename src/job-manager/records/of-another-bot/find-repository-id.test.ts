import { expect, it } from 'vitest';
import { isDirectoryOf } from './find-repository-id.ts';

it.each`
  directory                                    | repositoryId | isOf
  ${'/jobs/run_000/x86_64/amd/zen2/R1'}        | ${'R1'}      | ${true}
  ${'/jobs/run_000/x86_64/amd/zen2/R1@node 1'} | ${'R1'}      | ${true}
  ${'/jobs/run_000/linux_x86_64/R1@a@b'}       | ${'R1@a'}    | ${true}
  ${'/jobs/run_000/x86_64/org/R1'}             | ${'org/R1'}  | ${true}
  ${'/jobs/run_000/x86_64/amd/zen2/R1'}        | ${'R2'}      | ${false}
  ${'/jobs/run_000/x86_64/amd/zen2/xR1'}       | ${'R1'}      | ${false}
  ${'/jobs/run_000/x86_64/R2/R1'}              | ${'R2'}      | ${false}
  ${'/jobs@R2/run_000/R1'}                     | ${'R2'}      | ${false}
  ${'/jobs/run_000/R1'}                        | ${'../R1'}   | ${false}
`('whether $directory was made for $repositoryId: $isOf', ({ directory: of, repositoryId, isOf }) => {
  expect(isDirectoryOf(of, repositoryId)).toBe(isOf);
});
