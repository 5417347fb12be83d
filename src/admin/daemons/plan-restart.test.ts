import { expect, it } from 'vitest';
import { planRestart } from './plan-restart.ts';

const started = ['--config', 'app.cfg', '--pull', '30', '--bot-name', 'a b'];

it.each<[what: string, running: string[], given: Parameters<typeof planRestart>[1], again: object]>([
  [
    'the options of the running process',
    started,
    {},
    { config: 'app.cfg', words: ['--pull', '30', '--bot-name', 'a b'], kept: ['--pull', '30', '--bot-name', 'a b'] },
  ],
  ['none where it has none', ['--config=my.cfg'], {}, { config: 'my.cfg', words: [], kept: [] }],
  [
    'other options that are given',
    started,
    { options: ['--port', '3001'] },
    { config: 'app.cfg', words: ['--port', '3001', '--bot-name', 'a b'], kept: ['--bot-name', 'a b'] },
  ],
  ['no options where none are given', ['--pull', '30'], { options: [] }, { words: [], kept: [] }],
  [
    'another name and configuration that are given',
    started,
    { config: 'x.cfg', botName: 'c' },
    { config: 'x.cfg', words: ['--pull', '30', '--bot-name', 'c'], kept: ['--pull', '30'] },
  ],
  [
    'the last of several configurations',
    ['--config', 'app.cfg', '-d', '--config=y.cfg'],
    {},
    { config: 'y.cfg', words: ['-d'], kept: ['-d'] },
  ],
])('starts again with %s', (_what, running, given, again) => {
  expect(planRestart(running, given)).toEqual(again);
});
