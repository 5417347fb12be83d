import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { appendToLedger, type LedgerEntry, ledgerPath, readLedger, readLedgerChain } from './ledger.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'ledger-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const path = () => join(stateDir, 'ledger.jsonl');
const entry = (artefact: string): LedgerEntry => ({
  at: '2025-01-05T03:04:05.000Z',
  by: 'alice',
  delivery: 'd-1',
  repository: 'O/R',
  pullRequest: 9,
  job: '11' as JobId,
  artefact,
  sha256: 'ab',
  size: 1,
  outcome: 'uploaded',
});
const artefacts = async () => (await readLedger(stateDir)).entries.map(({ artefact }) => artefact);
const append = (...names: string[]) => Promise.all(names.map((name) => appendToLedger(stateDir, entry(name))));

it('is empty where there is no file', async () => {
  expect(await readLedger(stateDir)).toEqual({ entries: [] });
});

it('keeps entries in order, each tied to the one before, also when they come at once', async () => {
  await append('a', 'b', 'c');
  expect(await artefacts()).toEqual(['a', 'b', 'c']);
  expect(await readLedger(stateDir)).not.toHaveProperty('brokenLine');
});

it('goes on from lines of earlier versions with what newer ones tell', async () => {
  await append('a');
  const objects = [
    { bucket: 'staging', key: 'p/a', versionId: 'v-7' },
    { bucket: 'staging', key: 'p/a.meta.txt' },
  ];
  await appendToLedger(stateDir, { ...entry('b'), objects });
  expect(await readLedger(stateDir)).toEqual({
    entries: [expect.objectContaining(entry('a')), expect.objectContaining({ objects })],
  });
  expect((await readLedgerChain(path()))?.broken).toEqual([]);
});

it.each`
  torn                              | what
  ${'{"version":1,"prev'}           | ${'half a line'}
  ${'\0\0\0\0\0\0'}                 | ${'a block of zeros'}
  ${'\0\0\0\n'}                     | ${'zeros and a line end'}
  ${'{"version":1,"artefact":"é…"'} | ${'half a line with long characters'}
`('cuts $what off, says so, and goes on', async ({ torn }) => {
  await append('a', 'b');
  await appendFile(path(), torn);
  expect(await artefacts()).toEqual(['a', 'b']);
  expect(await append('c')).toEqual([{ torn: torn.trimEnd() }]);
  expect(await append('d')).toEqual([{}]);
  expect(await artefacts()).toEqual(['a', 'b', 'c', 'd']);
  expect(await readLedger(stateDir)).not.toHaveProperty('brokenLine');
});

it.each`
  what                              | change                                                                         | line
  ${'a changed line'}               | ${(lines: string[]) => [lines[0]?.replace('alice', 'bob'), ...lines.slice(1)]} | ${2}
  ${'a line that was taken out'}    | ${(lines: string[]) => [lines[0], ...lines.slice(2)]}                          | ${2}
  ${'a first line that is missing'} | ${(lines: string[]) => lines.slice(1)}                                         | ${1}
  ${'a line that is no JSON'}       | ${(lines: string[]) => [lines[0], 'x', ...lines.slice(2)]}                     | ${2}
`('tells $what', async ({ change, line }) => {
  await append('a', 'b', 'c', 'd');
  const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n');
  await writeFile(path(), `${change(lines).join('\n')}\n`);
  expect(await readLedger(stateDir)).toMatchObject({ brokenLine: line });
});

it('says of each line why it is not what was written', async () => {
  await append('a', 'b', 'c', 'd');
  const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n');
  const hashes = lines.map((line) => createHash('sha256').update(line).digest('hex'));
  await writeFile(path(), `${[lines[0], 'x', lines[3]].join('\n')}\n`);
  expect(await readLedgerChain(ledgerPath(stateDir))).toMatchObject({
    entries: [{ artefact: 'a' }, { artefact: 'd' }],
    broken: [
      { line: 2, why: 'is no entry of a ledger' },
      {
        line: 3,
        why: `does not follow line 2, which was changed, or lines between them were taken out: it follows one whose SHA-256 is ${hashes[2]}`,
      },
    ],
  });
  await writeFile(path(), `${lines.slice(1).join('\n')}\n`);
  expect(await readLedgerChain(ledgerPath(stateDir))).toMatchObject({
    broken: [{ line: 1, why: `follows a line that is missing, whose SHA-256 is ${hashes[0]}` }],
    hashes: hashes.slice(1),
  });
});

it('has no chain where there is no file', async () => {
  expect(await readLedgerChain(ledgerPath(stateDir))).toBeUndefined();
});
