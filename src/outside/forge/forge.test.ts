import { expect, it } from 'vitest';
import { repositoryDirectory } from './forge.ts';

it.each`
  what                               | owner           | name        | directory
  ${'an account'}                    | ${'O'}          | ${'R'}      | ${'O/R'}
  ${'a group of the same path'}      | ${'O/R'}        | ${'R'}      | ${'O+R/R'}
  ${'five segments'}                 | ${'a/b/c/d'}    | ${'R'}      | ${'a+b+c+d/R'}
  ${'a group called as a mirror'}    | ${'O/R.git'}    | ${'R'}      | ${'O+R.git/R'}
  ${'a group called as a file'}      | ${'O/R/7.json'} | ${'R'}      | ${'O+R+7.json/R'}
  ${'a repository called as a file'} | ${'O/R'}        | ${'7.json'} | ${'O+R/7.json'}
`('a repository of $what has two levels of directories of its own: $directory', ({ owner, name, directory }) => {
  expect(repositoryDirectory({ owner, name })).toBe(directory);
});
