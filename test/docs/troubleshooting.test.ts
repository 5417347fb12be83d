import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groups } from '../../src/admin/doctor/finding.ts';
import { parsePage } from './markdown-pages.ts';

const doctor = join(import.meta.dirname, '../../src/admin/doctor');
const page = parsePage('', readFileSync(join(import.meta.dirname, '../../docs/troubleshooting.md'), 'utf8'));
const [, ...rows] = page.tables[0] ?? [];
/** What a row says that doctor says. */
const told = rows.flatMap(([, said = '']) => Array.from(said.matchAll(/`([^`]+)`/g), ([, name = '']) => name));
/** They say what there is, and are green whatever that is. */
const neverWrong = ['configuration/check', 'environment/set', 'GitHub/App'];

/** The names of findings as the source of doctor has them, `${…}` too. */
const names = new Set(
  readdirSync(doctor)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const named = new RegExp(`['\`]((?:${groups.join('|')})/[^'\`\\n]+)['\`]`, 'g');
      return Array.from(readFileSync(join(doctor, file), 'utf8').matchAll(named), ([, name = '']) => name);
    }),
);

it('each finding of doctor has its row in docs/troubleshooting.md', () => {
  expect(names.size).toBeGreaterThan(30);
  const untold = [...names].filter((name) => {
    const pattern = new RegExp(`^${name.replaceAll(/\$\{[^}]*\}/g, '[\\w.-]+')}`);
    return !neverWrong.includes(name) && !told.some((each) => pattern.test(each));
  });
  expect(untold).toEqual([]);
});

it('each row names a symptom, a finding of doctor, and what mends it', () => {
  expect(rows.length).toBeGreaterThan(20);
  const patterns = [...names].map((name) => new RegExp(`^${name.replaceAll(/\$\{[^}]*\}/g, '[\\w.-]+')}$`));
  const odd = rows.filter(([symptom = '', said = '', mend = '']) => {
    const [finding] = Array.from(said.matchAll(/`([^`]+)`/g), ([, name = '']) => name.replace('…', 'x'));
    return symptom === '' || mend === '' || !patterns.some((pattern) => pattern.test(finding ?? ''));
  });
  expect(odd).toEqual([]);
});
