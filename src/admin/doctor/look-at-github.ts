import type { AppView } from '../../outside/forge/app-view.ts';
import { wordsOf } from '../../words-of.ts';
import type { Finding } from './finding.ts';
import { type GitHubAnswer, type GitHubFacts, judgeClock, judgeGitHub } from './judge-github.ts';

/** What the settings say of it. */
type Named = Pick<GitHubFacts, 'apiUrl' | 'appId' | 'installationId' | 'checkRuns' | 'commitStatus'>;

/** Asks GitHub about the App and its installation. */
export async function lookAtGitHub(view: AppView, named: Named): Promise<readonly Finding[]> {
  const app = await answerOf(() => view.readApp());
  const facts =
    app.kind === 'failed'
      ? { ...named, app }
      : { ...named, app, ...(await ofInstallation(named.installationId, view)) };
  const findings = judgeGitHub(facts);
  return findings.some(({ name }) => name === 'GitHub/clock')
    ? findings
    : [judgeClock(view.aheadSeconds()), ...findings];
}

async function ofInstallation(id: number, view: AppView) {
  const installation = await answerOf(() => view.readInstallation(id));
  if (installation.kind === 'failed') return { installation };
  if (installation.value === 'gone')
    return { installation, installations: await answerOf(() => view.listInstallations()) };
  if (installation.value.isSuspended) return { installation };
  return { installation, repositories: await answerOf(() => view.listRepositories(id)) };
}

async function answerOf<T>(ask: () => Promise<T>): Promise<GitHubAnswer<T>> {
  try {
    return { kind: 'answer', value: await ask() };
  } catch (error) {
    return { kind: 'failed', words: wordsOf(error) };
  }
}
