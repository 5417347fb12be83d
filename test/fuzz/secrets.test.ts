import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textLogLine } from '../../src/daemon/text-log-line.ts';
import { parseComment } from '../../src/event-handler/comment/parse-comment.ts';
import { planComment } from '../../src/event-handler/comment/plan-comment.ts';
import type { BuildTarget } from '../../src/event-handler/submit/build-target.ts';
import { jobCfg } from '../../src/event-handler/submit/job-cfg.ts';
import { uploadCommand } from '../../src/job-manager/deploy/upload-command.ts';
import { configTable } from '../../src/messages/config-table.ts';
import { failureComment } from '../../src/messages/failure-comment.ts';
import { firstCommentHead, submittedRow } from '../../src/messages/first-comment.ts';
import { finishedRow } from '../../src/messages/job-rows.ts';
import { noBuildPermission, noDeployPermission } from '../../src/messages/no-permission.ts';
import { renderComment } from '../../src/messages/render-comment.ts';
import { responseComment } from '../../src/messages/response.ts';
import { environmentsOf } from '../../src/outside/processes/child-environment.ts';
import { fixture, readText } from '../../src/settings/fixtures/read-fixture.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { slurmArguments } from '../../src/settings/slurm-arguments.ts';
import { exampleComment } from '../example-comment.ts';
import { hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

// A canary in each variable that holds a secret, and texts of everybody that would like to have it: it is in nothing that leaves a daemon.

const ofGitHub = ['GITHUB_APP_SECRET_TOKEN', 'GITHUB_APP_SECRET_TOKEN_PREVIOUS', 'GITHUB_TOKEN', 'SMEE_URL'];
const ofUpload = ['KEY_PASSPHRASE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
const canaries = Object.fromEntries([...ofGitHub, ...ofUpload].map((name) => [name, `canary-of-${name}`]));
const environment = { PATH: '/bin', HOME: '/home/u', USER: 'u', QOS: 'high', ...canaries };

const wishes = [...ofGitHub, ...ofUpload].flatMap((name) => [
  `$${name}`,
  `\${${name}}`,
  `"$${name}"`,
  `%(${name})s`,
  `{${name}}`,
  `%${name}%`,
]);
const wish = fc.oneof(
  fc.constantFrom(...wishes, '$(env)', '`env`', '$*', '~/.netrc', '/proc/self/environ', '$0'),
  hostileText,
);
const text = fc.array(wish, { maxLength: 4 }).map((parts) => parts.join(' '));

/** An app.cfg in which wishes stand behind, or in place of, what some of its settings say. */
const appCfg = (name: string) => {
  const lines = fixture(name).split('\n');
  const places = lines.flatMap((line, index) => (/^ *[\w":]+ *[=:]/.test(line) ? [index] : []));
  const change = fc.record({
    place: fc.constantFrom(...places),
    wish: fc.constantFrom(...wishes),
    whole: fc.boolean(),
  });
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const changed = [...lines];
    for (const { place, wish: wanted, whole } of changes) {
      const line = lines[place] ?? '';
      const inQuotes = /",?$/.test(line);
      if (inQuotes)
        changed[place] = line.replace(/"(,?)$/, () => `${wanted.replaceAll('"', '')}"${/,$/.exec(line)?.[0] ?? ''}`);
      else changed[place] = whole ? line.replace(/=.*$/, () => `= ${wanted}`) : `${line} ${wanted}`;
    }
    return changed.join('\n');
  });
};

/** Command lines, environments, files and comments that come of a target. */
function leavingOf(target: BuildTarget, settings: Settings, said: string): unknown[] {
  const { build, dialect, texts } = settings;
  const { nodeType, repositoryId } = target;
  const at = new Date('2026-03-10T12:00:00Z');
  const job = { ...target, appName: settings.appName, jobId: '7', symlink: `/jobs/${said.length}` };
  const end = finishedRow(at, texts, '7', { how: 'failed', reason: said, saidByScript: said, description: said });
  const section = { container: said, repoName: 'r', repoVersion: '1', missing: [] };
  const repositories = { ...settings.repositories, sections: { [repositoryId]: section } };
  const artefact = {
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    commentId: 7,
    directory: '/jobs/a',
    repositoryId,
    sha256: 'a'.repeat(64),
    report: '/state/uploads/d-7/report.json',
  };
  return [
    jobCfg(settings, target, '/jobs/a/cfg'),
    target.exports,
    build.submit,
    slurmArguments(build, nodeType.slurmParams, nodeType.slurmParams, build.jobScript.path),
    { ...environmentsOf(environment).job, ...build.submit.environment },
    uploadCommand({ ...settings, repositories }, { ...artefact, file: `/jobs/a/${said}` }, '/bot'),
    renderComment(firstCommentHead(job, dialect, texts), [submittedRow(at, job, dialect, texts), end]),
  ];
}

it.each(['generation-6.cfg', 'generation-7-8.cfg', 'generation-9.cfg'])(
  '%s: no secret is in a comment, a file of a job, a command line, an environment, a line of the log',
  (name) => {
    let targets = 0;
    fc.assert(
      fc.property(appCfg(name), text, text, fc.constantFrom('alice', 'bob', 'mallory'), (cfg, typed, said, sender) => {
        const { settings, problems, warnings } = readText(cfg, { environment });
        const leaving: unknown[] = [problems, warnings];
        if (settings !== undefined) {
          const build = settings.dialect.hasFor ? 'bot: build for:arch=x86_64/amd/zen2' : 'bot: build';
          const body = `${build}\n${build} ${typed}\nbot: ${typed}\nbot: show_config ${typed}`;
          const plan = planComment(parseComment(exampleComment(body, { sender }), settings), {}, settings);
          leaving.push(plan, configTable(said, settings.nodeTypes, settings.dialect));
          leaving.push(
            failureComment('clone', said, settings.texts),
            responseComment(said, sender, [], settings.texts),
          );
          leaving.push(noBuildPermission(sender, settings.texts), noDeployPermission(said, settings.texts));
          for (const { outcome } of plan.kind === 'planned' ? plan.commands : []) {
            if (outcome.kind !== 'build') continue;
            targets += outcome.targets.length;
            for (const target of outcome.targets) leaving.push(...leavingOf(target, settings, said));
          }
        }
        const all = JSON.stringify(leaving);
        const line = textLogLine(
          `${JSON.stringify({ level: 30, time: '2026-03-10T12:00:00Z', msg: said, leaving })}\n`,
        );
        expect(`${all}\n${line}`).not.toContain('canary-');
      }),
      howOften(700),
    );
    expect(targets).toBeGreaterThan(100);
  },
);

it('whatever else is in the environment, children have no secret, and the upload script those of the store and the key alone', () => {
  const names = fc.oneof(
    fc.constantFrom(...ofGitHub, ...ofUpload),
    fc.string({ minLength: 1 }),
    fc.constant('__proto__'),
  );
  fc.assert(
    fc.property(fc.dictionary(names, hostileText), (others) => {
      const all = { ...others, ...canaries };
      const { upload, signing, ...children } = environmentsOf(all);
      expect(JSON.stringify(children)).not.toContain('canary-');
      expect(JSON.stringify(signing)).not.toMatch(/canary-of-(AWS|GITHUB)/);
      const seen = Object.entries(upload).filter(([, value]) => value.startsWith('canary-'));
      expect(seen.map(([name]) => name).sort()).toEqual([...ofUpload].sort());
    }),
    howOften(),
  );
});
