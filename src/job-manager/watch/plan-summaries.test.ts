import { expect, it } from 'vitest';
import type { Summary, SummaryRow } from '../../jobs/summaries.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { planSummary } from './plan-summaries.ts';

const runs: SummaryRow = { state: 'running', result: '' as Markdown, job: '`7`' as Markdown, hasEnded: false };
const ended: SummaryRow = { ...runs, state: 'finished', hasEnded: true };
const none: SummaryRow = { state: 'no job', result: '' as Markdown, job: '' as Markdown, hasEnded: true };
const posted = { kind: 'posted', id: 1, url: '' } as const;
const gone = { kind: 'impossible' } as const;

it.each`
  what                                   | said         | before       | rows              | underWay | kind          | isAtRest
  ${'a job came about'}                  | ${undefined} | ${undefined} | ${[runs, none]}   | ${true}  | ${'show'}     | ${false}
  ${'none yet'}                          | ${undefined} | ${undefined} | ${[none]}         | ${true}  | ${'leave it'} | ${false}
  ${'none for good'}                     | ${undefined} | ${undefined} | ${[none]}         | ${false} | ${'leave it'} | ${true}
  ${'nothing has changed'}               | ${posted}    | ${[runs]}    | ${[runs]}         | ${false} | ${'leave it'} | ${false}
  ${'the last one has ended'}            | ${posted}    | ${[runs]}    | ${[ended]}        | ${false} | ${'show'}     | ${true}
  ${'all have ended, and others follow'} | ${posted}    | ${[runs]}    | ${[ended]}        | ${true}  | ${'show'}     | ${false}
  ${'its comment was deleted'}           | ${gone}      | ${[runs]}    | ${[ended, ended]} | ${false} | ${'leave it'} | ${true}
`('$what', ({ said, before, rows, underWay, kind, isAtRest }) => {
  const summary = { ...(said && { said }), ...(before && { rows: before }) } as Summary;
  expect(planSummary(summary, rows, underWay)).toEqual({ kind, isAtRest });
});
