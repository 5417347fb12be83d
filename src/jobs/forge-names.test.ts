import { expect, it } from 'vitest';
import { isSameRepository, parseRepository } from './forge-names.ts';

const long = 'a'.repeat(100);

it.each([
  ['EESSI/software-layer', 'EESSI', 'software-layer'],
  ['o/r', 'o', 'r'],
  ['0-9/1', '0-9', '1'],
  ['alice_company/R', 'alice_company', 'R'],
  ['O/R_1.2-3', 'O', 'R_1.2-3'],
  ['O/.github', 'O', '.github'],
  ['O/...', 'O', '...'],
  ['O/R.git', 'O', 'R.git'],
  ['O/-R', 'O', '-R'],
  ['o.o/R', 'o.o', 'R'],
  ['a/b/R', 'a/b', 'R'],
  ['a/b/c/d/R', 'a/b/c/d', 'R'],
  ['a/7.json/b.git/R', 'a/7.json/b.git', 'R'],
  [`${long}/${long}`, long, long],
  [`${long}/${long}/${'a'.repeat(53)}/R`, `${long}/${long}/${'a'.repeat(53)}`, 'R'],
])('%s is a repository', (text, owner, name) => {
  expect(parseRepository(text)).toEqual({ owner, name });
});

it.each([
  ['nothing', ''],
  ['a name alone', 'R'],
  ['a slash alone', '/'],
  ['no owner', '/R'],
  ['no name', 'O/'],
  ['a slash at the end', 'O/R/'],
  ['a slash at the beginning', '/O/R'],
  ['two slashes', 'O//R'],
  ['two slashes in an owner', 'a//b/R'],
  ['an address', 'https://github.com/O/R'],
  ['an address of ssh', 'git@github.com:O/R'],
  ['the directory itself as name', 'O/.'],
  ['the directory above as name', 'O/..'],
  ['the directory above as owner', '../R'],
  ['the way to another repository', 'O/../R'],
  ['the directory above within an owner', 'a/../b/R'],
  ['the directory itself within an owner', 'a/./b/R'],
  ['a plus sign, as a directory on the disk has it', 'a+b/R'],
  ['a line end within an owner', 'a\n/b/R'],
  ['a NUL within an owner', 'a/b\0/R'],
  ['an escape sequence within an owner', 'a/\x1b[2J/R'],
  ['an empty segment', 'a/ /R'],
  ['a backslash in the place of the slash', 'O\\R'],
  ['a blank before', ' O/R'],
  ['a blank behind', 'O/R '],
  ['a blank within', 'O/R S'],
  ['a line end behind', 'O/R\n'],
  ['a NUL', 'O/R\0'],
  ['another line', 'O/R\nO/S'],
  ['a letter of another alphabet that looks like one', 'O/Rеpo'],
  ['an accent', 'O/Café'],
  ['an emoji', 'O/R🎉'],
  ['a slash of full width', 'O／R'],
  ['an escaped slash', 'O%2FR'],
  ['an escaped name', 'O/R%2e'],
  ['a query', 'O/R?a=b'],
  ['a fragment', 'O/R#1'],
  ['an owner that is too long', `${long}a/R`],
  ['an owner of many segments that is too long', `${long}/${long}/${'a'.repeat(54)}/R`],
  ['a path of a megabyte', 'a/'.repeat(500_000)],
  ['a name that is too long', `O/${long}a`],
])('%s is none', (_what, text) => {
  expect(parseRepository(text)).toBeUndefined();
});

it.each`
  one            | other          | same
  ${'O/R'}       | ${'o/r'}       | ${true}
  ${'Group/A/R'} | ${'group/a/r'} | ${true}
  ${'group/a/R'} | ${'group/b/R'} | ${false}
  ${'a/b/R'}     | ${'a/R'}       | ${false}
  ${'group/a'}   | ${'group/a/a'} | ${false}
`('$one and $other are the same: $same', ({ one, other, same }) => {
  const [a, b] = [parseRepository(one), parseRepository(other)];
  expect(b && isSameRepository(a, b)).toBe(same);
});
