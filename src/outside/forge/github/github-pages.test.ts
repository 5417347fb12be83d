import { expect, it } from 'vitest';
import { gitHubPages } from './github-pages.ts';

const { ofRepository, ofPullRequest, ofBot, changesOf } = gitHubPages('https://git.example');

it.each([
  { what: 'a repository', address: ofRepository('O/R'), is: 'https://git.example/O/R' },
  { what: 'a pull request', address: ofPullRequest('O/R', 9), is: 'https://git.example/O/R/pull/9' },
  { what: 'the bot', address: ofBot('My bot'), is: 'https://git.example/apps/My%20bot' },
  { what: 'changes', address: changesOf('O/R', 9), is: 'git+https://git.example/O/R@refs/pull/9/head' },
])('the address of $what is $is', ({ address, is }) => {
  expect(address).toBe(is);
});
