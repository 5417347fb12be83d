import { expect, it } from 'vitest';
import { checkTemplate, fillIn, type Template } from './template.ts';

it.each([
  ['job `{job_id}` is running', 'job `7` is running'],
  ['{{job_id}} }}{{ {job_id}{job_id}', '{job_id} }{ 77'],
  ['', ''],
])('%j is filled in as %j', (text, filled) => {
  const result = checkTemplate(text, ['job_id']);
  expect(result).toEqual({ template: text });
  expect(fillIn(text as Template, { job_id: '7' })).toBe(filled);
});

it('inserts values unparsed', () => {
  expect(fillIn('{a} {b}' as Template, { a: '{b} $& {{', b: '2' })).toBe('{b} $& {{ 2');
});

it.each([
  ['{jobid}', ['job_id'], 'has the unknown placeholder `{jobid}`; it may hold {job_id}'],
  ['{}', ['job_id'], 'has the unknown placeholder `{}`; it may hold {job_id}'],
  ['{x}', [], 'has the unknown placeholder `{x}`; it may hold none'],
  ['a { b', ['job_id'], 'has a single `{`; write `{{` for a brace'],
  ['a } b', ['job_id'], 'has a single `}`; write `}}` for a brace'],
])('%j is refused', (text, names, problem) => {
  expect(checkTemplate(text, names)).toEqual({ problem });
});
