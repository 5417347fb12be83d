import type { JobReport } from '../../../src/jobs/results.ts';

interface ReportRow {
  readonly what: string;
  /** Where; what nobody has seen yet is said to be made up. */
  readonly seen: string;
  readonly name: 'result' | 'test';
  readonly text: string | Buffer;
  /** Without `artefacts`: none. */
  readonly report: Partial<JobReport>;
}

const success =
  '<details><summary>:grin: SUCCESS _(click triangle for details)_</summary><dl><dt>_Details_</dt><dd>:white_check_mark: job output file <code>slurm-4682.out</code><br/>:white_check_mark: no message matching <code>FATAL: </code><br/>:white_check_mark: found message(s) matching <code>No missing installations</code><br/></dd><dt>_Artefacts_</dt><dd><details><summary><code>eessi-2023.06-software-linux-x86_64-generic-1682696567.tar.gz</code></summary>size: 234 MiB (245366784 bytes)<br/>entries: 1234<br/><pre>GCC/9.3.0.lua<br/></pre></details></dd></dl></details>';
const reframe =
  '<details><summary>:cry: FAILURE _(click triangle for details)_</summary><dl><dt>_ReFrame Summary_</dt><dd>[  FAILED  ] Ran 3/3 test case(s) from 2 check(s) (2 failure(s), 0 skipped, 0 aborted)\n[  FAILED  ] Ran 10/10 test case(s) from 10 check(s) (1 failure(s), 0 skipped, 0 aborted)</dd><dt>_Details_</dt><dd>:x: no message matching <code>[\\s*FAILED\\s*].*Ran .* test case</code><br/></dd></dl></details>';

/** `_bot_jobID.result` and `.test`, as scripts of target repositories write them. */
export const reports: readonly ReportRow[] = [
  {
    what: 'a build that went well',
    seen: 'check-build.sh of EESSI/software-layer-scripts',
    name: 'result',
    text: `[RESULT]\ncomment_description = ${success}\nstatus = SUCCESS\nartefacts = \n    eessi-2023.06-software-linux-x86_64-generic-1682696567.tar.gz\n`,
    report: {
      description: success,
      status: 'SUCCESS',
      artefacts: ['eessi-2023.06-software-linux-x86_64-generic-1682696567.tar.gz'],
    },
  },
  {
    what: 'a build that failed and left no tarball: sed indents the empty line',
    seen: 'check-build.sh of EESSI/software-layer-scripts',
    name: 'result',
    text: '[RESULT]\ncomment_description = <details><summary>:cry: FAILURE</summary></details>\nstatus = FAILURE\nartefacts = \n    \n',
    report: { description: '<details><summary>:cry: FAILURE</summary></details>', status: 'FAILURE' },
  },
  {
    what: 'two ReFrame runs: grep finds a line of each, the second stands in column 0',
    seen: 'check-test.sh of EESSI/software-layer-scripts, accel=nvidia/cc70+nvidia/cc80',
    name: 'test',
    text: `[TEST]\ncomment_description = ${reframe}\nstatus = FAILURE\n`,
    report: { description: reframe, status: 'FAILURE' },
  },
  {
    what: 'the same with colours, which a terminal would show',
    seen: 'made up: ReFrame in a job with a terminal',
    name: 'test',
    text: '[TEST]\ncomment_description = <dd>\x1b[0;31m[  FAILED  ]\x1b[0m Ran 1/1 test case(s)\n\x1b[0;31m[  FAILED  ]\x1b[0m Ran 2/2 test case(s)</dd>\nstatus = FAILURE\n',
    report: {
      description:
        '<dd>\x1b[0;31m[  FAILED  ]\x1b[0m Ran 1/1 test case(s)\n\x1b[0;31m[  FAILED  ]\x1b[0m Ran 2/2 test case(s)</dd>',
      status: 'FAILURE',
    },
  },
  {
    what: 'rulers, performance and notes in column 0',
    seen: "ReFrame's own report",
    name: 'test',
    text: '[TEST]\ncomment_description = [       OK ] (1/2) GROMACS_EESSI\nP: perf: 8.441 ns/day (r:0, l:None, u:None)\n[----------] all spawned checks have finished\n[==========]\n==> test failed during sanity\n[  PASSED  ] Ran 2/2 test case(s)\nstatus = SUCCESS\n',
    report: {
      description:
        '[       OK ] (1/2) GROMACS_EESSI\nP: perf: 8.441 ns/day (r:0, l:None, u:None)\n[----------] all spawned checks have finished\n[==========]\n==> test failed during sanity\n[  PASSED  ] Ran 2/2 test case(s)',
      status: 'SUCCESS',
    },
  },
  {
    what: 'percent signs as bash writes them, and as a script doubles them',
    seen: 'check-test.sh of EESSI/software-layer-scripts',
    name: 'test',
    text: '[TEST]\ncomment_description = 50% done, %%scale=1_node, 100%%\nstatus = SUCCESS\n',
    report: { description: '50% done, %scale=1_node, 100%', status: 'SUCCESS' },
  },
  {
    what: 'no check script: what the job script writes',
    seen: 'bot-build.slurm of the Python bot 0.9',
    name: 'result',
    text: "[RESULT]\ncomment_description = <details><summary>:shrug: UNKNOWN</summary><ul><li>Did not find `bot/check-result.sh` script in job's work directory.</li></ul></details>\nstatus = UNKNOWN\nartefacts =\n",
    report: {
      description:
        "<details><summary>:shrug: UNKNOWN</summary><ul><li>Did not find `bot/check-result.sh` script in job's work directory.</li></ul></details>",
      status: 'UNKNOWN',
    },
  },
  {
    what: 'the tests of a job, but under the section of the build',
    seen: 'bot-build.slurm of the Python bot 0.6 to 0.9',
    name: 'test',
    text: '[RESULT]\ncomment_description = no tests\nstatus = UNKNOWN\n',
    report: {},
  },
  {
    what: 'an empty description: an empty cell',
    seen: 'made up: a script of a site that only counts',
    name: 'result',
    text: '[RESULT]\ncomment_description =\nstatus = SUCCESS\nartefacts =\n    eessi-2023.06-software-linux-x86_64-generic-1.tar.gz\n',
    report: {
      description: '',
      status: 'SUCCESS',
      artefacts: ['eessi-2023.06-software-linux-x86_64-generic-1.tar.gz'],
    },
  },
  {
    what: 'both a failing and a succeeding status: it is not deployed',
    seen: 'made up: a check script that appends to what an earlier run left',
    name: 'result',
    text: '[RESULT]\ncomment_description = bad\nstatus = FAILURE\n[RESULT]\ncomment_description = good\nstatus = SUCCESS\nartefacts =\n    eessi-2023.06-software-linux-x86_64-generic-1.tar.gz\n',
    report: {},
  },
  {
    what: 'two statuses in one section, the good one first',
    seen: 'made up: the same, with >> in place of >',
    name: 'result',
    text: '[RESULT]\nstatus = SUCCESS\nstatus = FAILURE\nartefacts =\n    eessi-2023.06-software-linux-x86_64-generic-1.tar.gz\n',
    report: {},
  },
  {
    what: 'the same written twice: it says one thing',
    seen: 'made up: a requeued job whose check script appends',
    name: 'result',
    text: '[RESULT]\ncomment_description = good\nstatus = SUCCESS\n[RESULT]\ncomment_description = good\nstatus = SUCCESS\nartefacts =\n    a-1.tar.gz\n',
    report: { description: 'good', status: 'SUCCESS', artefacts: ['a-1.tar.gz'] },
  },
  {
    what: 'two different descriptions: neither is shown, the status stands',
    seen: 'made up: two check scripts that write one file',
    name: 'test',
    text: '[TEST]\ncomment_description = one\ncomment_description = other\nstatus = FAILURE\n',
    report: { status: 'FAILURE' },
  },
  {
    what: 'two different lists of artefacts: none of them is uploaded',
    seen: 'made up: a requeued job whose check script appends',
    name: 'result',
    text: '[RESULT]\nstatus = SUCCESS\nartefacts =\n    a-1.tar.gz\nartefacts =\n    a-2.tar.gz\n',
    report: { status: 'SUCCESS' },
  },
  {
    what: 'lines that end as on Windows',
    seen: 'made up: a check script that was edited there',
    name: 'result',
    text: '[RESULT]\r\ncomment_description = good\r\nstatus = SUCCESS\r\nartefacts =\r\n\ta-1.tar.gz\r\n\ta-2.tar.gz\r\n',
    report: { description: 'good', status: 'SUCCESS', artefacts: ['a-1.tar.gz', 'a-2.tar.gz'] },
  },
  {
    what: 'a byte order mark',
    seen: 'made up: a check script in PowerShell',
    name: 'result',
    text: '\ufeff[RESULT]\ncomment_description = good\nstatus = SUCCESS\n',
    report: { description: 'good', status: 'SUCCESS' },
  },
  {
    what: 'an artefact on the line of its key, with its path',
    seen: 'made up: check-build.sh of a compatibility layer',
    name: 'result',
    text: '[RESULT]\ncomment_description = good\nstatus = SUCCESS\nartefacts = /jobs/x/eessi-2023.06-compat-linux-x86_64-1.tar.gz\n',
    report: {
      description: 'good',
      status: 'SUCCESS',
      artefacts: ['/jobs/x/eessi-2023.06-compat-linux-x86_64-1.tar.gz'],
    },
  },
  {
    what: 'a description in Markdown whose list is not indented',
    seen: 'made up: a check script of a site',
    name: 'result',
    text: '[RESULT]\ncomment_description = built:\n- GCC\n\n* Note: 2 warnings\nstatus = SUCCESS\n',
    report: { description: 'built:\n- GCC\n\n* Note: 2 warnings', status: 'SUCCESS' },
  },
  {
    what: 'keys of its own are passed over',
    seen: 'made up: a check script of a site',
    name: 'result',
    text: '[RESULT]\ncomment_description = good\nexit_code = 0\nstatus = SUCCESS\n[SITE]\nstatus = odd\n',
    report: { description: 'good', status: 'SUCCESS' },
  },
  {
    what: 'cut off while it was written',
    seen: 'made up: a full disk',
    name: 'result',
    text: '[RESULT]\ncomment_description = <details><summ',
    report: { description: '<details><summ' },
  },
  { what: 'empty', seen: 'made up: a full disk', name: 'result', text: '', report: {} },
  {
    what: 'bytes that are no text',
    seen: 'made up: a full disk',
    name: 'result',
    text: Buffer.from([0, 255, 254, 0, 10, 0]),
    report: {},
  },
  {
    what: 'a status in small letters is as it stands',
    seen: 'made up: a check script of a site',
    name: 'result',
    text: '[RESULT]\nstatus: success\n',
    report: { status: 'success' },
  },
];

const ours = { kind: 'metadata', metadata: { repository: { owner: 'EESSI', name: 'software-layer' }, pullRequest: 1 } };

/** `_bot_jobID.metadata`, as bots write it. */
export const metadata: readonly { what: string; seen: string; text: string; outcome: object }[] = [
  {
    what: 'of 0.6 to 0.10',
    seen: 'the Python bot',
    text: '[PR]\nrepo = EESSI/software-layer\npr_number = 1\npr_comment_id = 2000000001\n\n',
    outcome: ours,
  },
  {
    what: 'of 0.11, with an owner',
    seen: 'the Python bot',
    text: '[PR]\nrepo = EESSI/software-layer\npr_number = 1\npr_comment_id = 2000000001\njob_owner = alice\n\n',
    outcome: ours,
  },
  {
    what: 'without a comment',
    seen: 'the Python bot 0.6, when GitHub was away',
    text: '[PR]\nrepo = EESSI/software-layer\npr_number = 1\npr_comment_id = -1\n',
    outcome: { ...ours, metadata: { ...ours.metadata, commentId: -1 } },
  },
  {
    what: 'two numbers: it names no pull request',
    seen: 'made up: a directory that was used again',
    text: '[PR]\nrepo = EESSI/software-layer\npr_number = 1\npr_number = 2\npr_comment_id = -1\n',
    outcome: { kind: 'unusable' },
  },
  {
    what: 'two comments: nobody knows which one is meant',
    seen: 'made up: a directory that was used again',
    text: '[PR]\nrepo = EESSI/software-layer\npr_number = 1\npr_comment_id = 5\npr_comment_id = 6\n',
    outcome: { kind: 'unusable' },
  },
  {
    what: 'only a part of it',
    seen: 'made up: a full disk',
    text: '[PR]\nrepo = EESSI/softw',
    outcome: { kind: 'unusable' },
  },
];
