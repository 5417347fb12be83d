import { expect, it } from 'vitest';
import { judgeSlurm } from './judge-trouble.ts';

it.each<[string, unknown, object | undefined]>([
  ['submit', { kind: 'submitted', id: '7' }, { kind: 'submission' }],
  ['submit', { kind: 'refused', message: 'invalid partition' }, { kind: 'submission', words: 'invalid partition' }],
  ['submit', { kind: 'unavailable', message: 'no such program' }, { kind: 'submission', words: 'no such program' }],
  ['submit', { kind: 'unsure', message: 'timed out' }, { kind: 'submission', words: 'timed out' }],
  ['readQueue', { kind: 'queue', entries: [] }, { kind: 'queue' }],
  ['readQueue', { kind: 'unreadable', why: 'squeue hung' }, { kind: 'queue', words: 'squeue hung' }],
  ['release', { kind: 'failed', message: 'x' }, undefined],
])('%s answered %j', (method, answer, verdict) => {
  expect(judgeSlurm({ method, kind: 'answered', answer })).toEqual(verdict);
});

it.each<[kind: string, verdict: object | undefined]>([
  ['refused', undefined],
  ['unavailable', { kind: 'submission', words: 'x' }],
  ['unsure', { kind: 'submission', words: 'x' }],
  ['submitted', { kind: 'submission' }],
])('words that a pull request has chosen: %s', (kind, verdict) => {
  const given = [{ directory: '/d', submit: {}, arguments: ['--partition=nowhere'], chosenByPullRequest: true }];
  expect(judgeSlurm({ method: 'submit', given, kind: 'answered', answer: { kind, message: 'x' } })).toEqual(verdict);
});
