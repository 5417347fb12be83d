import { expect, it } from 'vitest';
import { mergeLogs, readLog } from './merge-logs.ts';

const json = (time: string, msg: string, more = {}) =>
  JSON.stringify({ level: 30, time, pid: 1, hostname: 'h', name: 'n', msg, ...more });

it('lines of both formats and daemons stand in the order of their times, what belongs to a line behind it', () => {
  const at = new Date('2025-01-05T12:00:01.000Z');
  const local = `[${at.getFullYear()}0${at.getMonth() + 1}0${at.getDate()}-T${at.toTimeString().slice(0, 8)}]`;
  const handler = readLog(
    'event_handler',
    `${json('2025-01-05T12:00:00.000Z', 'first', { pr: 'a/b#1' })}\n${json('2025-01-05T12:00:02.000Z', 'third')}\n`,
  );
  const manager = readLog('job_manager', `${local} second\n    at somewhere\n{"cut o`);
  const shown = mergeLogs([handler, manager]).map(({ daemon, text }) => `${daemon} ${text.replace(/^\[.*?\] /, '')}`);
  expect(shown).toEqual([
    'event_handler first pr=a/b#1',
    'job_manager second',
    'job_manager     at somewhere',
    'job_manager {"cut o',
    'event_handler third',
  ]);
});

it('a line without a time, at the beginning, comes first', () => {
  expect(readLog('job_manager', 'no time')).toEqual([{ daemon: 'job_manager', at: 0, text: 'no time' }]);
});
