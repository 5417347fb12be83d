import type { AppView } from '../../outside/forge/app-view.ts';
import { wordsOf } from '../../words-of.ts';
import type { Finding } from './finding.ts';
import {
  type GitHubAnswer,
  type GitHubFacts,
  type InstallationFacts,
  judgeClock,
  judgeGitHub,
} from './judge-github.ts';

/** What the settings say of it. */
type Named = Pick<GitHubFacts, 'apiUrl' | 'appId' | 'checkRuns' | 'commitStatus'> & {
  readonly installationIds: readonly number[];
};

/** Asks GitHub about the App and its installations. */
export async function lookAtGitHub(view: AppView, named: Named): Promise<readonly Finding[]> {
  const app = await answerOf(() => view.readApp());
  const installations: InstallationFacts[] = [];
  if (app.kind === 'answer')
    for (const id of named.installationIds) installations.push(await readInstallation(id, view));
  const isOneGone = installations.some(({ seen }) => seen.kind === 'answer' && seen.value === 'gone');
  const others = isOneGone ? { others: await answerOf(() => view.listInstallations()) } : {};
  const findings = judgeGitHub({ ...named, app, installations, ...others });
  return findings.some(({ name }) => name === 'GitHub/clock')
    ? findings
    : [judgeClock(view.aheadSeconds()), ...findings];
}

async function readInstallation(id: number, view: AppView): Promise<InstallationFacts> {
  const seen = await answerOf(() => view.readInstallation(id));
  if (seen.kind === 'failed' || seen.value === 'gone' || seen.value.isSuspended) return { id, seen };
  return { id, seen, repositories: await answerOf(() => view.listRepositories(id)) };
}

async function answerOf<T>(ask: () => Promise<T>): Promise<GitHubAnswer<T>> {
  try {
    return { kind: 'answer', value: await ask() };
  } catch (error) {
    return { kind: 'failed', words: wordsOf(error) };
  }
}
