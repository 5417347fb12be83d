import { expect, it } from 'vitest';
import { type JobToDeploy, planUploads, type UploadedBefore } from './plan-uploads.ts';

// A job: `ID FILE FILE …`, before it `B:` if it is of the other repository with the same pull request number, behind the id its status
// unless SUCCESS, and what the bot recorded of it: `~COMMIT`, `#COMMENT`, `@SECONDS` of its submission. A file: `?` behind it if there is no such file. Expected: ID/FILE, `!` before what is refused.
function job(text: string): JobToDeploy {
  const [head = '', ...files] = text.trim().split(' ');
  const [, other, id = '', status = 'SUCCESS', commit, comment, submitted] =
    /^(B:)?(\d+)(?:=([^~#@]*))?(?:~(\w+))?(?:#(\d+))?(?:@(\d+))?$/.exec(head) ?? [];
  const recorded = (commit ?? comment ?? submitted) && {
    submittedAt: new Date(Number(submitted ?? 0) * 1000).toISOString(),
    ...(commit !== undefined && { commit }),
    ...(comment !== undefined && { comment: Number(comment) }),
  };
  return {
    id,
    repository: other ? { owner: 'B', name: 'x' } : { owner: 'A', name: 'x' },
    ...(status !== '' && { status }),
    ...(recorded && { recorded }),
    artefacts: files.map((file) =>
      file.endsWith('?') ? { name: file.slice(0, -1), unusable: 'is not there' } : { name: file },
    ),
  };
}

// A line of an uploaded.txt: FILE, `B:` before it for the other repository, `?:` where nobody knows.
function before(text: string): UploadedBefore {
  const [, whose, artefact = ''] = /^(B:|\?:)?(.*)$/.exec(text) ?? [];
  if (whose === '?:') return { artefact };
  return { artefact, repository: whose ? { owner: 'B', name: 'x' } : { owner: 'a', name: 'X' } };
}

const split = (text: string, separator: string) => text.split(separator).filter((part) => part.trim() !== '');

const three = '11 p-100.tar.gz q-100.tar.zst; 12 p-200.tar.gz; 13=FAILURE p-300.tar.gz';
const two = '9 p-5.tar.gz; 12 p-5.tar.gz';
const kinds = '1 p-1.tar.gz p-2.tar.zst p-3.tar.xz p-4.tar';

it.each`
  policy      | jobs                                                 | uploaded                     | expected                                                  | why
  ${'all'}    | ${three}                                             | ${'p-50.tar.gz'}             | ${'11/p-100.tar.gz 11/q-100.tar.zst 12/p-200.tar.gz'}     | ${'every artefact of every successful job'}
  ${'latest'} | ${three}                                             | ${'p-50.tar.gz'}             | ${'11/q-100.tar.zst 12/p-200.tar.gz'}                     | ${'the newest of each payload'}
  ${'once'}   | ${three}                                             | ${'p-50.tar.gz'}             | ${'11/q-100.tar.zst'}                                     | ${'an earlier month had p'}
  ${'none'}   | ${three}                                             | ${'p-50.tar.gz'}             | ${''}                                                     | ${'nothing'}
  ${'none'}   | ${'1 readme.txt'}                                    | ${''}                        | ${''}                                                     | ${'nothing, and nothing to say'}
  ${'all'}    | ${two}                                               | ${''}                        | ${'9/p-5.tar.gz 12/p-5.tar.gz'}                           | ${'the same name in two jobs: both'}
  ${'latest'} | ${two}                                               | ${''}                        | ${'12/p-5.tar.gz'}                                        | ${'the same timestamp: the greater id, as a number'}
  ${'once'}   | ${two}                                               | ${''}                        | ${'12/p-5.tar.gz'}                                        | ${'as latest'}
  ${'all'}    | ${''}                                                | ${''}                        | ${''}                                                     | ${'no jobs'}
  ${'latest'} | ${'1'}                                               | ${''}                        | ${''}                                                     | ${'a job without artefacts'}
  ${'all'}    | ${'1=FAILURE p-1.tar.gz'}                            | ${''}                        | ${''}                                                     | ${'failed'}
  ${'all'}    | ${'1=UNKNOWN p-1.tar.gz'}                            | ${''}                        | ${''}                                                     | ${'unknown'}
  ${'all'}    | ${'1= p-1.tar.gz'}                                   | ${''}                        | ${''}                                                     | ${'no status at all'}
  ${'all'}    | ${'1=success p-1.tar.gz'}                            | ${''}                        | ${''}                                                     | ${'exactly SUCCESS'}
  ${'all'}    | ${'10 p-2.tar.gz; 9 p-1.tar.gz'}                     | ${''}                        | ${'9/p-1.tar.gz 10/p-2.tar.gz'}                           | ${'jobs by their ids as numbers'}
  ${'all'}    | ${'1 q-9.tar.gz p-1.tar.gz'}                         | ${''}                        | ${'1/q-9.tar.gz 1/p-1.tar.gz'}                            | ${'artefacts as listed'}
  ${'all'}    | ${'1 p-1.tar.gz p-1.tar.gz'}                         | ${''}                        | ${'1/p-1.tar.gz'}                                         | ${'listed twice: once'}
  ${'all'}    | ${kinds}                                             | ${''}                        | ${'1/p-1.tar.gz 1/p-2.tar.zst 1/p-3.tar.xz 1/p-4.tar'}    | ${'four extensions'}
  ${'latest'} | ${kinds}                                             | ${''}                        | ${'1/p-4.tar'}                                            | ${'the extension is not part of the payload'}
  ${'latest'} | ${'1 p-1.tar.gz p-1.tar.zst'}                        | ${''}                        | ${'1/p-1.tar.gz'}                                         | ${'a tie within a job: the first listed'}
  ${'latest'} | ${'1 p-9.tar.gz p-10.tar.gz'}                        | ${''}                        | ${'1/p-10.tar.gz'}                                        | ${'timestamps of one job are numbers'}
  ${'latest'} | ${'1 p-10.tar.gz; 2 p-9.tar.gz'}                     | ${''}                        | ${'2/p-9.tar.gz'}                                         | ${'the later build, whatever the names say'}
  ${'latest'} | ${'1 p-9007199254740993.tar p-9007199254740992.tar'} | ${''}                        | ${'1/p-9007199254740993.tar'}                             | ${'timestamps longer than a double'}
  ${'latest'} | ${'1 p-007.tar.gz p-8.tar.gz'}                       | ${''}                        | ${'1/p-8.tar.gz'}                                         | ${'leading zeros'}
  ${'latest'} | ${'1 p-200.tar.gz?; 2 p-100.tar.gz'}                 | ${''}                        | ${'!1/p-200.tar.gz 2/p-100.tar.gz'}                       | ${'what is not there wins over nothing'}
  ${'latest'} | ${'1=FAILURE p-200.tar.gz; 2 p-100.tar.gz'}          | ${''}                        | ${'2/p-100.tar.gz'}                                       | ${'a failed job wins over nothing'}
  ${'latest'} | ${'1 p-100.tar.gz'}                                  | ${'p-100.tar.gz'}            | ${'1/p-100.tar.gz'}                                       | ${'latest uploads again'}
  ${'all'}    | ${'1 p-100.tar.gz'}                                  | ${'p-100.tar.gz'}            | ${'1/p-100.tar.gz'}                                       | ${'all uploads again'}
  ${'once'}   | ${'1 p-100.tar.gz'}                                  | ${'p-900.tar.gz'}            | ${''}                                                     | ${'once: whatever the timestamps'}
  ${'once'}   | ${'1 p-100.tar.gz'}                                  | ${'p-1.tar.zst'}             | ${''}                                                     | ${'once: whatever the extension'}
  ${'once'}   | ${'1 a.c-1.tar.gz'}                                  | ${'abc-1.tar.gz'}            | ${'1/a.c-1.tar.gz'}                                       | ${'payloads are equal, not alike'}
  ${'once'}   | ${'1 p-x-1.tar.gz'}                                  | ${'p-1.tar.gz'}              | ${'1/p-x-1.tar.gz'}                                       | ${'not even when one begins with the other'}
  ${'once'}   | ${'1 p-1.tar.gz q-1.tar.gz r-1.tar.gz'}              | ${'p-0.tar.gz r-0.tar.gz'}   | ${'1/q-1.tar.gz'}                                         | ${'several payloads, several months'}
  ${'once'}   | ${'1 p-1.tar.gz; 2 p-2.tar.gz q-2.tar.gz'}           | ${''}                        | ${'2/p-2.tar.gz 2/q-2.tar.gz'}                            | ${'nothing before: as latest'}
  ${'once'}   | ${'1 p-1.tar.gz'}                                    | ${'notes.txt'}               | ${'1/p-1.tar.gz'}                                         | ${'a line that names no artefact'}
  ${'once'}   | ${'1 p-1.tar.gz'}                                    | ${'B:p-0.tar.gz'}            | ${'1/p-1.tar.gz'}                                         | ${'the other repository had it'}
  ${'once'}   | ${'1 p-1.tar.gz'}                                    | ${'B:p-0.tar.gz p-0.tar.gz'} | ${''}                                                     | ${'both had it'}
  ${'once'}   | ${'1 p-1.tar.gz'}                                    | ${'?:p-0.tar.gz'}            | ${''}                                                     | ${'nobody knows whose it was: not a second time'}
  ${'all'}    | ${'1 p-1.tar.gz; B:2 p-2.tar.gz'}                    | ${''}                        | ${'1/p-1.tar.gz'}                                         | ${'jobs of the other repository stay out'}
  ${'latest'} | ${'1 p-1.tar.gz; B:2 p-2.tar.gz'}                    | ${''}                        | ${'1/p-1.tar.gz'}                                         | ${'and win over nothing'}
  ${'once'}   | ${'1 p-1.tar.gz; B:2 q-2.tar.gz'}                    | ${'B:q-1.tar.gz'}            | ${'1/p-1.tar.gz'}                                         | ${'nor does once see them'}
  ${'all'}    | ${'B:2 p-2.tar.gz bad.txt'}                          | ${''}                        | ${''}                                                     | ${'nothing is refused of theirs either'}
  ${'all'}    | ${'1 p.tar.gz p-.tar.gz p-1.zip -1.tar.gz'}          | ${''}                        | ${'!1/p.tar.gz !1/p-.tar.gz !1/p-1.zip !1/-1.tar.gz'}     | ${'names that are none'}
  ${'all'}    | ${'1 p-1.tar.bz2 p-1.tgz p-1.TAR p-1.tar.gz.x'}      | ${''}                        | ${'!1/p-1.tar.bz2 !1/p-1.tgz !1/p-1.TAR !1/p-1.tar.gz.x'} | ${'other extensions'}
  ${'all'}    | ${'1 p-1234567890.tar.bz2 q-12345678901.x.y'}        | ${''}                        | ${'1/p-1234567890.tar.bz2 1/q-12345678901.x.y'}           | ${'any suffix behind ten digits'}
  ${'latest'} | ${'1 p-1234567890.tar.zst p-1234567891.sqsh'}        | ${''}                        | ${'1/p-1234567891.sqsh'}                                  | ${'one payload, whatever the suffix'}
  ${'once'}   | ${'1 p-1234567890.sqsh'}                             | ${'p-1234567880.tar.gz'}     | ${''}                                                     | ${'once: whatever the suffix'}
  ${'all'}    | ${'1 p-123456789.sqsh p-1234567890 p-1234567890.'}   | ${''}                        | ${'!1/p-123456789.sqsh !1/p-1234567890 !1/p-1234567890.'} | ${'nine digits, no suffix'}
  ${'all'}    | ${'1 p-1x.tar.gz p-+1.tar.gz .. 1.tar.gz'}           | ${''}                        | ${'!1/p-1x.tar.gz !1/p-+1.tar.gz !1/.. !1/1.tar.gz'}      | ${'a timestamp is digits after a -'}
  ${'latest'} | ${'1 log.txt p-1.tar.gz; 2 log.txt'}                 | ${''}                        | ${'!1/log.txt 1/p-1.tar.gz !2/log.txt'}                   | ${'the others are told of each job'}
  ${'once'}   | ${'1 log.txt p-1.tar.gz'}                            | ${'p-0.tar.gz'}              | ${'!1/log.txt'}                                           | ${'also where nothing else is left'}
  ${'all'}    | ${'1 p-1.tar.gz? q-1.tar.gz'}                        | ${''}                        | ${'!1/p-1.tar.gz 1/q-1.tar.gz'}                           | ${'one that is not there stops no other'}
  ${'all'}    | ${'1=FAILURE log.txt'}                               | ${''}                        | ${''}                                                     | ${'nothing is refused of a failed job'}
  ${'all'}    | ${'1 a-b-2023.06-1.tar.gz'}                          | ${''}                        | ${'1/a-b-2023.06-1.tar.gz'}                               | ${'the last - counts'}
  ${'latest'} | ${'1 a-1-1.tar.gz a-2-1.tar.gz'}                     | ${''}                        | ${'1/a-1-1.tar.gz 1/a-2-1.tar.gz'}                        | ${'the rest is payload'}
`('$policy of [$jobs], uploaded [$uploaded]: $why', ({ policy, jobs, uploaded, expected }) => {
  const plan = planUploads({
    policy,
    repository: { owner: 'A', name: 'x' },
    jobs: split(jobs, ';').map(job),
    uploadedBefore: split(uploaded, ' ').map(before),
    approval: { stale: 'upload' },
  });
  const shown = plan.map(
    ({ job: { id }, artefact, refused }) => `${refused === undefined ? '' : '!'}${id}/${artefact}`,
  );
  expect(shown.join(' ')).toBe(expected);
});

it('says why an artefact is refused', () => {
  const plan = planUploads({
    policy: 'all',
    repository: { owner: 'A', name: 'x' },
    jobs: [job('1 p-1.tar.gz? log.txt')],
    uploadedBefore: [],
    approval: { stale: 'upload' },
  });
  expect(plan.map(({ refused }) => refused)).toEqual([
    'it is not there',
    'its name is not PAYLOAD-TIMESTAMP.EXT, with EXT one of tar.gz, tar.zst, tar.xz, tar, or any other behind ten digits',
  ]);
});

const far = '9999999999';

it.each`
  policy      | head         | jobs                                               | expected                       | why
  ${'latest'} | ${'b'}       | ${`1~a#11 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}     | ${'2/p-2.tar.gz'}              | ${'an earlier build calls itself the last one'}
  ${'once'}   | ${'b'}       | ${`1~a#11 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}     | ${'2/p-2.tar.gz'}              | ${'as latest'}
  ${'latest'} | ${undefined} | ${`1~a#11 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}     | ${'2/p-2.tar.gz'}              | ${'also where nobody knows the head'}
  ${'latest'} | ${'c'}       | ${`1~a#11 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}     | ${'2/p-2.tar.gz'}              | ${'both are stale'}
  ${'latest'} | ${'a'}       | ${'1~a#11 p-1.tar.gz; 2~b#12 p-2.tar.gz'}          | ${'1/p-1.tar.gz'}              | ${'what was approved comes before a later build'}
  ${'latest'} | ${'b'}       | ${`9~b#11 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}     | ${'2/p-2.tar.gz'}              | ${'Slurm began to count anew: the later comment'}
  ${'latest'} | ${'b'}       | ${`1~b#11@9 p-${far}.tar.gz; 2~b#12@5 p-2.tar.gz`} | ${'2/p-2.tar.gz'}              | ${'the clock was put back between them'}
  ${'latest'} | ${'b'}       | ${`9~b@5 p-${far}.tar.gz; 2~b@6 p-2.tar.gz`}       | ${'2/p-2.tar.gz'}              | ${'without comments the later submission'}
  ${'latest'} | ${'b'}       | ${`9~b#11@5 p-${far}.tar.gz; 2~b@6 p-2.tar.gz`}    | ${'2/p-2.tar.gz'}              | ${'one without a comment: the later submission'}
  ${'latest'} | ${'b'}       | ${`1~b@5 p-${far}.tar.gz; 2~b@5 p-2.tar.gz`}       | ${'2/p-2.tar.gz'}              | ${'at the same moment: the later number'}
  ${'latest'} | ${undefined} | ${`99 p-${far}.tar.gz; 2~b#12 p-2.tar.gz`}         | ${'2/p-2.tar.gz'}              | ${'a job without a record is earlier than all with one'}
  ${'latest'} | ${'b'}       | ${'1~a#11 p-1.tar.gz; 2~b#12 q-2.tar.gz'}          | ${'1/p-1.tar.gz 2/q-2.tar.gz'} | ${'other payloads do not compete'}
`('of [$jobs], approved $head, $policy uploads [$expected]: $why', ({ policy, head, jobs, expected }) => {
  const repository = { owner: 'A', name: 'x' };
  const plan = planUploads({
    policy,
    repository,
    jobs: split(jobs, ';').map(job),
    uploadedBefore: [],
    approval: { head, stale: 'upload' },
  });
  expect(plan.map(({ job: { id }, artefact }) => `${id}/${artefact}`).join(' ')).toBe(expected);
  expect(plan.every(({ refused }) => refused === undefined)).toBe(true);
});

const [oldHead, newHead] = ['a'.repeat(40), 'b'.repeat(40)];
const mend = 'build it again with the command that it was built by, then take the label off and set it anew';
const approved = 'the pull request was at bbbbbbb when the label was set';
const stale = `it was built from aaaaaaa, but ${approved}, and this site uploads nothing else (stale_artefacts, which its admin sets); ${mend}`;

it.each`
  policy      | head         | jobs                                                        | expected
  ${'latest'} | ${newHead}   | ${`1~${oldHead}#11 p-1.tar.gz`}                             | ${[`1/p-1.tar.gz: ${stale}`]}
  ${'once'}   | ${newHead}   | ${`1~${oldHead}#11 p-1.tar.gz`}                             | ${[`1/p-1.tar.gz: ${stale}`]}
  ${'latest'} | ${newHead}   | ${`1~${oldHead}#11 p-1.tar.gz; 2~${newHead}#12 p-2.tar.gz`} | ${['2/p-2.tar.gz: uploaded']}
  ${'latest'} | ${newHead}   | ${`1~${newHead}#11 p-1.tar.gz; 2~${oldHead}#12 p-2.tar.gz`} | ${['1/p-1.tar.gz: uploaded']}
  ${'all'}    | ${newHead}   | ${`1~${oldHead}#11 p-1.tar.gz; 2~${newHead}#12 p-2.tar.gz`} | ${[`1/p-1.tar.gz: ${stale}`, '2/p-2.tar.gz: uploaded']}
  ${'all'}    | ${newHead}   | ${`1~${oldHead}#11 p-1.tar.gz?`}                            | ${['1/p-1.tar.gz: it is not there']}
  ${'all'}    | ${newHead}   | ${'1#11 p-1.tar.gz'}                                        | ${[`1/p-1.tar.gz: nobody noted which commit it was built from, and ${approved}; ${mend}`]}
  ${'all'}    | ${newHead}   | ${'1 p-1.tar.gz'}                                           | ${[`1/p-1.tar.gz: nobody noted which commit it was built from, and ${approved}; ${mend}`]}
  ${'all'}    | ${undefined} | ${`1~${oldHead}#11 p-1.tar.gz`}                             | ${[`1/p-1.tar.gz: it is not known which commit the label approved; ${mend}`]}
`('where stale artefacts are refused, $policy of [$jobs]: $expected', ({ policy, head, jobs, expected }) => {
  const repository = { owner: 'A', name: 'x' };
  const plan = planUploads({
    policy,
    repository,
    jobs: split(jobs, ';').map(job),
    uploadedBefore: [],
    approval: { head, stale: 'refuse' },
  });
  expect(plan.map(({ job: { id }, artefact, refused = 'uploaded' }) => `${id}/${artefact}: ${refused}`)).toEqual(
    expected,
  );
});
