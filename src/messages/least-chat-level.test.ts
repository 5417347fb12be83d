import { expect, it } from 'vitest';
import { chatLevels } from '../settings/chat-levels.ts';
import { maySay, type Saying } from './least-chat-level.ts';

it.each<[Saying, string]>([
  ['row of a job', 'incognito minimal basic chatty'],
  ['first comment of a job', 'minimal basic chatty'],
  ['show_config', 'minimal basic chatty'],
  ['status', 'minimal basic chatty'],
  ['explain', 'minimal basic chatty'],
  ['no build permission', 'minimal basic chatty'],
  ['label without effect', 'minimal basic chatty'],
  ['download failure', 'minimal basic chatty'],
  ['response with help', 'minimal basic chatty'],
  ['answer to bot:build', 'basic chatty'],
  ['response with a refusal', 'basic chatty'],
  ['response with a delay', 'basic chatty'],
  ['response', 'chatty'],
  ['show_config on opening', 'chatty'],
  ['no deploy permission', 'chatty'],
  ['moved job directories', 'chatty'],
])('%s: %s', (saying, levels) => {
  expect(chatLevels.filter((level) => maySay(saying, level)).join(' ')).toBe(levels);
});
