import { expect, it } from 'vitest';
import type { JobToDeploy, UploadedBefore } from './plan-uploads.ts';
import { whyNotBuilt, whyPassedOver } from './why-passed-over.ts';

const repository = { owner: 'A', name: 'x' };

/** `ID=STATUS@REPOSITORY_ID FILE FILE …` */
function job(text: string): JobToDeploy {
  const [head = '', ...files] = text.trim().split(' ');
  const [, id = '', status = 'SUCCESS', repositoryId = 'R1'] = /^(\d+)(?:=(\w*))?(?:@(.*))?$/.exec(head) ?? [];
  return {
    ...{ id, repository, repositoryId, artefacts: files.map((name) => ({ name })) },
    ...(status !== '' && { status }),
  };
}

it.each`
  recorded                                     | why
  ${undefined}                                 | ${'has not ended, or left no result'}
  ${{ phase: 'running', isCancelled: false }}  | ${'has not ended'}
  ${{ phase: 'finished', isCancelled: true }}  | ${'was cancelled'}
  ${{ phase: 'finished', isCancelled: false }} | ${'left no result'}
`('a job without a result, of which is known $recorded: it $why', ({ recorded, why }) => {
  const build = { submittedAt: '2026-03-10T12:00:00Z', ...recorded };
  expect(whyNotBuilt({ ...job('1='), ...(recorded && { recorded: build }) })).toContain(`it ${why}, and only jobs`);
});

const before = (text: string): UploadedBefore => ({ artefact: text, repository });
const list = (text: string) => text.split(';').filter((part) => part.trim() !== '');

const again = 'and only jobs with the status `SUCCESS` are uploaded; build it again, then set the label anew';
const once = 'was uploaded before, and this bot uploads each payload once (`upload_policy`, which its admin sets)';
const older = 'is not the build of its payload that counts: `p-2.tar.gz` of job `2` is';
const shared =
  'and only the newest of a payload is uploaded; give the payloads of different repositories different names';

it.each`
  policy      | jobs                                  | uploaded         | reasons
  ${'latest'} | ${'1=FAILURE; 2='}                    | ${''}            | ${[`1: it ended with the status \`FAILURE\`, ${again}`, `2: it has not ended, or left no result, ${again.replace('build', 'wait for its end, or build')}`]}
  ${'latest'} | ${'1=FAILURE; 2 p-1.tar.gz'}          | ${''}            | ${[]}
  ${'latest'} | ${'1=FAILURE p-1.tar; 2 p-1.tar.gz'}  | ${''}            | ${[`1: it ended with the status \`FAILURE\`, ${again}`]}
  ${'none'}   | ${'1=FAILURE'}                        | ${''}            | ${[]}
  ${'all'}    | ${''}                                 | ${''}            | ${[]}
  ${'all'}    | ${'1; 2 p-1.tar.gz'}                  | ${''}            | ${['1: it lists no artefact in its result']}
  ${'once'}   | ${'1 p-1.tar.gz'}                     | ${'p-1.tar.gz'}  | ${[`1: \`p-1.tar.gz\` is not new: it ${once}`]}
  ${'once'}   | ${'1 p-2.tar.gz q-2.tar.gz'}          | ${'p-1.tar.zst'} | ${[`1: \`p-2.tar.gz\` is not new: \`p-1.tar.zst\`, of the same payload, ${once}`]}
  ${'latest'} | ${'1 p-1.tar.gz; 2 p-2.tar.gz'}       | ${''}            | ${[`1: \`p-1.tar.gz\` ${older}`]}
  ${'latest'} | ${'1@R1 p-1.tar.gz; 2@R2 p-2.tar.gz'} | ${''}            | ${[`1: \`p-1.tar.gz\` has the same payload as \`p-2.tar.gz\` of job \`2\` for \`R2\`, ${shared}`]}
  ${'all'}    | ${'1@R1 p-1.tar.gz; 2@R2 p-2.tar.gz'} | ${''}            | ${[]}
  ${'latest'} | ${'1 readme.txt'}                     | ${''}            | ${[]}
`('$policy, $jobs, before $uploaded: $reasons', ({ policy, jobs, uploaded, reasons }) => {
  const said = whyPassedOver({
    policy,
    repository,
    jobs: list(jobs).map(job),
    uploadedBefore: list(uploaded).map(before),
    approval: { stale: 'upload' },
  });
  expect(said.map(({ job: { id }, reason }) => `${id}: ${reason}`)).toEqual(reasons);
});

/** A job of pull request 9, built from a commit that its one letter stands for. */
const built = (id: string, commit: string, artefact: string): JobToDeploy => ({
  ...job(`${id} ${artefact}`),
  recorded: { submittedAt: `2026-03-10T12:00:0${id}Z`, comment: Number(id), ...(commit !== '' && { commit }) },
});

it.each`
  what                                         | jobs                                                                                    | head         | said
  ${'a later build of another commit'}         | ${[built('1', 'a', 'p-1.tar'), built('2', 'b', 'p-2.tar')]}                             | ${'a'}       | ${['2: `p-2.tar` was built from `b`, but the pull request was at `a` when the label was set, so `p-1.tar` of job `1`']}
  ${'one whose commit nobody noted'}           | ${[built('1', 'a', 'p-1.tar'), built('2', '', 'p-2.tar')]}                              | ${'a'}       | ${['2: `p-2.tar` was built from a commit that nobody noted, but the pull request was at `a`']}
  ${'two later ones: the last'}                | ${[built('1', 'a', 'p-1.tar'), built('2', 'b', 'p-2.tar'), built('3', 'c', 'p-3.tar')]} | ${'a'}       | ${['2: `p-2.tar` is not the build', '3: `p-3.tar` was built from `c`, but']}
  ${'an earlier build, that was not approved'} | ${[built('1', 'b', 'p-9.tar'), built('2', 'a', 'p-2.tar')]}                             | ${'a'}       | ${['1: `p-9.tar` is not the build']}
  ${'nothing of what was approved'}            | ${[built('1', 'b', 'p-1.tar'), built('2', 'c', 'p-2.tar')]}                             | ${'a'}       | ${['1: `p-1.tar` is not the build']}
  ${'where nobody knows what was'}             | ${[built('1', 'a', 'p-1.tar'), built('2', 'b', 'p-2.tar')]}                             | ${undefined} | ${['1: `p-1.tar` is not the build']}
  ${'another payload'}                         | ${[built('1', 'a', 'p-1.tar'), built('2', 'b', 'q-2.tar')]}                             | ${'a'}       | ${[]}
`('tells of a build that loses to the approved commit: $what', ({ jobs, head, said }) => {
  for (const policy of ['latest', 'once'] as const) {
    const reasons = whyPassedOver({
      policy,
      repository,
      jobs,
      uploadedBefore: [],
      approval: { stale: 'upload', ...(head && { head }) },
    });
    const told = reasons.map(({ job: { id }, reason }) => `${id}: ${reason}`);
    expect(told).toEqual(said.map((part: string) => expect.stringContaining(part)));
  }
});
