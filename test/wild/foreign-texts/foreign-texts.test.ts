import { expect, it } from 'vitest';
import {
  codeSpan,
  escapeCellOfOthers,
  escapeMarkdown,
  escapeValue,
  markdownOfJob,
} from '../../../src/messages/escape-markdown.ts';
import { foreignTexts } from './rows.ts';
import { whatGitHubMakes } from './what-github-makes.ts';

const doors = { codeSpan, escapeCellOfOthers, escapeMarkdown, escapeValue };

it.each(foreignTexts)('$text ($seen)', ({ text, raw }) => {
  expect(whatGitHubMakes(text)).toEqual(raw);
  for (const [door, through] of Object.entries(doors)) {
    expect([door, ...whatGitHubMakes(through(text))]).toEqual([door]);
    expect([door, ...whatGitHubMakes(`**a** ${through(`x ${text} y`)} b`)]).toEqual([door]);
  }
});

it.each(foreignTexts)('a job may show, and call nobody by: $text', ({ text }) => {
  const called = whatGitHubMakes(markdownOfJob(text)).filter((effect) => /^(mention|reference)/.test(effect));
  expect(called).toEqual([]);
});
