import { expect, it } from 'vitest';
import { NeedsAdmin, PerhapsGone, TryAgainLater } from '../forge.ts';
import { installationsOf } from './installations.ts';

const later = new TryAgainLater('GitHub did not answer properly (502)', { cause: undefined });
const notShown = new PerhapsGone('GitHub does not show it', { cause: undefined });

/** Account or failure of each installation; what was asked of GitHub. */
function made(accounts: Readonly<Record<number, string | Error>>) {
  const asked: number[] = [];
  const ids = Object.keys(accounts).map(Number);
  const installations = installationsOf({
    ids,
    clientOf: async (id) => ({ id }) as never,
    readAccount: async (id) => {
      asked.push(id);
      const account = accounts[id];
      if (typeof account !== 'string') throw account;
      return account;
    },
    monotonic: () => 0,
  });
  const idOf = async (owner: string) => (await (await installations.of({ owner, name: 'r' })).client()) as unknown;
  return { asked, idOf };
}

it('asks nobody whose a single installation is', async () => {
  const { asked, idOf } = made({ 1: 'EESSI' });
  expect([await idOf('anybody'), asked]).toEqual([{ id: 1 }, []]);
});

it('asks once whose each of several is, in whatever case the owner is written', async () => {
  const { asked, idOf } = made({ 1: 'EESSI', 2: 'MultiXscale' });
  expect(await idOf('multixscale')).toEqual({ id: 2 });
  expect(await idOf('EESSI')).toEqual({ id: 1 });
  expect(asked).toEqual([1, 2]);
});

it.each`
  owner         | accounts                            | answer
  ${'EESSI'}    | ${{ 1: 'EESSI', 2: later }}         | ${{ id: 1 }}
  ${'EESSI'}    | ${{ 1: 'EESSI', 2: notShown }}      | ${{ id: 1 }}
  ${'somebody'} | ${{ 1: 'EESSI', 2: later }}         | ${later}
  ${'somebody'} | ${{ 1: 'EESSI', 2: notShown }}      | ${expect.any(NeedsAdmin)}
  ${'somebody'} | ${{ 1: 'EESSI', 2: 'MultiXscale' }} | ${expect.objectContaining({ message: expect.stringMatching(/^none of the App's installations 1, 2 is of somebody, .*: add it to installation_id in app.cfg$/) })}
`('finds the one of $owner among $accounts', async ({ owner, accounts, answer }) => {
  expect(
    await made(accounts)
      .idOf(owner)
      .catch((error: unknown) => error),
  ).toEqual(answer);
});
