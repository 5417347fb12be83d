import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readReport } from './reports.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

it.each`
  what                           | change                    | isRead
  ${'one of this version'}       | ${{}}                     | ${true}
  ${'a field that came later'}   | ${{ more: 7 }}            | ${true}
  ${'a list that is none'}       | ${{ awaitingRestart: 7 }} | ${false}
  ${'a list of something else'}  | ${{ warnings: [7] }}      | ${false}
  ${'another number in version'} | ${{ version: 2 }}         | ${false}
`('a report, $what: read: $isRead', async ({ change, isRead }) => {
  const at = '2025-01-05T12:00:00Z';
  const report = {
    version: 1,
    at,
    lastComparison: at,
    failure: null,
    missing: 0,
    configurationProblems: [],
    ...change,
  };
  await writeFile(join(stateDir, 'event-handler.json'), JSON.stringify(report));
  expect((await readReport(stateDir, 'event handler')) !== undefined).toBe(isRead);
});
