import { expect, it } from 'vitest';
import { planPreview } from './plan-preview.ts';
import type { JobToDeploy } from './plan-uploads.ts';

const repository = { owner: 'A', name: 'x' };

/** `ID=STATUS~COMMIT FILE …`, before it `B:` if it is of another repository. */
function job(text: string): JobToDeploy {
  const [head = '', ...files] = text.trim().split(' ');
  const [, other, id = '', status = 'SUCCESS', commit] = /^(B:)?(\d+)(?:=(\w*))?(?:~(\w+))?$/.exec(head) ?? [];
  return {
    ...{ id, repository: other ? { owner: 'B', name: 'x' } : repository, artefacts: files.map((name) => ({ name })) },
    ...(status !== '' && { status }),
    ...(commit !== undefined && { recorded: { commit, submittedAt: '2026-03-10T12:00:00Z', comment: Number(id) } }),
  };
}

it.each`
  policy      | stale       | jobs                              | expected
  ${'all'}    | ${'upload'} | ${'2 p-2.tar; 1 p-1.tar q-1.tar'} | ${['1/p-1.tar: upload', '1/q-1.tar: upload', '2/p-2.tar: upload']}
  ${'latest'} | ${'upload'} | ${'1 p-1.tar; 2 p-2.tar'}         | ${['1/p-1.tar: passed over', '2/p-2.tar: upload']}
  ${'once'}   | ${'upload'} | ${'1 old-2.tar'}                  | ${['1/old-2.tar: passed over']}
  ${'latest'} | ${'refuse'} | ${'1~a p-1.tar; 2~b q-2.tar'}     | ${['1/p-1.tar: upload', '2/q-2.tar: refused']}
  ${'latest'} | ${'upload'} | ${'1 readme.txt'}                 | ${['1/readme.txt: refused']}
  ${'latest'} | ${'upload'} | ${'1=FAILURE; 2= ; 3 p-1.tar; 4'} | ${['1/: passed over', '2/: passed over', '3/p-1.tar: upload', '4/: passed over']}
  ${'none'}   | ${'upload'} | ${'1 p-1.tar'}                    | ${['1/p-1.tar: passed over']}
  ${'all'}    | ${'upload'} | ${'B:1 p-1.tar'}                  | ${[]}
`('$policy, $stale: $jobs', ({ policy, stale, jobs, expected }) => {
  const before = [{ artefact: 'old-1.tar', repository }];
  const preview = planPreview({
    policy,
    repository,
    jobs: jobs.split(';').map(job),
    uploadedBefore: before,
    approval: { stale, head: 'a' },
  });
  expect(preview.map(({ job: { id }, artefact = '', whyNot }) => `${id}/${artefact}: ${fateOf(whyNot)}`)).toEqual(
    expected,
  );
  for (const { whyNot } of preview)
    if (whyNot !== undefined) expect(whyNot).toMatch(policy === 'none' ? /upload_policy/ : /./);
});

function fateOf(whyNot: string | undefined): string {
  if (whyNot === undefined) return 'upload';
  return /its name is not|this site uploads nothing else/.test(whyNot) ? 'refused' : 'passed over';
}
