interface OutputRow {
  readonly what: string;
  /** Where; what nobody has seen yet is said to be made up. */
  readonly seen: string;
  readonly text: string | Buffer;
  /** How many lines are asked for. */
  readonly count?: number;
  /** What is shown of it. */
  readonly lines: readonly string[];
}

const bar = (step: number, of: string) =>
  ` ${step * 2}%|${'█'.repeat(step)}${' '.repeat(10 - step)}| ${step}/50 [${of}]`;
const make = `ERROR: Build of /opt/easybuild/easybuild/easyconfigs/n/nodejs/nodejs-16.15.1-GCCcore-11.3.0.eb failed (err: 'build failed (first 300 chars): cmd " make  -j 4 " exited with exit code 2 and output:\\nmake -C out BUILDTYPE=Release V=0\\nmake[1]: Entering directory \`/public/software/.local/easybuild/build/nodejs/16.15.1/GCCcore-11.3.0/node-v16.15.1/out\\'\\n  touch /public/software/.local/easybuild/build/nodejs/16.15.1/GCCcore-11.3.0/node-v16.15.1/o')`;

/** The end of `slurm-ID.out`, as jobs leave it. */
export const outputs: readonly OutputRow[] = [
  {
    what: 'EasyBuild: a build that failed',
    seen: 'easybuilders/easybuild-easyconfigs#15970',
    text: `== ... (took 24 mins 16 secs)\n== Results of the build can be found in the log file(s) /tmp/eb-X59fj7/easybuild-nodejs-16.15.1-20220805.093159.GtOAF.log\n${make}\n`,
    lines: [
      '== ... (took 24 mins 16 secs)',
      '== Results of the build can be found in the log file(s) /tmp/eb-X59fj7/easybuild-nodejs-16.15.1-20220805.093159.GtOAF.log',
      make,
    ],
  },
  {
    what: 'EasyBuild: a path that cannot be found, the file by its temporary name',
    seen: 'easybuilders/easybuild-easyconfigs#11136',
    text: 'ERROR: Can\'t find path /tmp/eb-91c818xe/tmpjzdve_t9/easybuilders/"--include-easyblocks-from-pr=2125"\n== temporary log file in case of crash /tmp/eb-91c818xe/easybuild-n35x645f.log\n',
    count: 1,
    lines: ['== temporary log file in case of crash /tmp/eb-91c818xe/easybuild-n35x645f.log'],
  },
  {
    what: 'the memory limit of a step, since 21.08',
    seen: 'nextflow-io/nextflow#5932',
    text: 'slurmstepd: error: Detected 1 oom_kill event in StepId=11300781.0. Some of the step tasks have been OOM Killed.\nsrun: error: sdumont6156: task 0: Out Of Memory\n',
    lines: [
      'slurmstepd: error: Detected 1 oom_kill event in StepId=11300781.0. Some of the step tasks have been OOM Killed.',
      'srun: error: sdumont6156: task 0: Out Of Memory',
    ],
  },
  {
    what: 'the memory limit of a batch script, before',
    seen: 'ArjunaCluster/ArjunaUsers#52',
    text: '/var/spool/slurmd/job00191/slurm_script: line 28:  8156 Killed                  python3 main.py --prop hform\nslurmstepd: error: Detected 1 oom-kill event(s) in StepId=191.batch cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.\n',
    lines: [
      '/var/spool/slurmd/job00191/slurm_script: line 28:  8156 Killed                  python3 main.py --prop hform',
      'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=191.batch cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.',
    ],
  },
  {
    what: 'a step that is cancelled with its neighbours',
    seen: 'hafs-community/HAFS#101',
    text: 'srun: error: Orion-18-69: task 289: Bus error\nsrun: Terminating job step 3495450.0\nslurmstepd: error: *** STEP 3495450.0 ON orion-01-04 CANCELLED AT 2021-10-27T20:22:22 ***\n',
    count: 2,
    lines: [
      'srun: Terminating job step 3495450.0',
      'slurmstepd: error: *** STEP 3495450.0 ON orion-01-04 CANCELLED AT 2021-10-27T20:22:22 ***',
    ],
  },
  {
    what: 'the time limit behind a progress bar, which Slurm does not end by a line end',
    seen: 'outputs of jobs that train models (tqdm), cluster clr, 2022',
    text: `Training\n\r${bar(3, '31:29')}\r${bar(4, '41:59')}slurmstepd: error: *** JOB 42221 ON clr1247 CANCELLED AT 2022-04-14T16:20:46 DUE TO TIME LIMIT ***\n`,
    lines: [
      'Training',
      `${bar(4, '41:59')}slurmstepd: error: *** JOB 42221 ON clr1247 CANCELLED AT 2022-04-14T16:20:46 DUE TO TIME LIMIT ***`,
    ],
  },
  {
    what: 'a progress bar and a log line that begin with a carriage return',
    seen: 'tqdm/tqdm#750',
    text: 'Searching\n\rLoading persons: 0it [00:00, ?it/s]\r\r\n',
    lines: ['Searching', 'Loading persons: 0it [00:00, ?it/s]'],
  },
  {
    what: 'lines that end as on Windows',
    seen: 'made up: a log of wine',
    text: 'one\r\ntwo\r\n',
    lines: ['one', 'two'],
  },
  {
    what: 'a bar by backspaces',
    seen: 'deepforge-dev/deepforge#298 (xlua)',
    text: 'done   0%\b\b\b\b 50%\b\b\b\b100%\n',
    lines: ['done 100%'],
  },
  {
    what: 'colours',
    seen: 'emilk/loguru#102',
    text: '\x1b[2m10:01:02\x1b[0m \x1b[1;31m[  FAILED  ]\x1b[m Ran 1/1 test case(s)\n\x1b[K\x1b]8;;https://x.org\x07link\x1b]8;;\x07\n',
    lines: ['10:01:02 [  FAILED  ] Ran 1/1 test case(s)', 'link'],
  },
  {
    what: 'a table of bars',
    seen: 'made up: ReFrame reports, mysql, pip list --format=columns',
    text: '+------+\n| name |\n|finished|FAKE|\n|date|job status|comment|\n',
    lines: ['+------+', '| name |', '|finished|FAKE|', '|date|job status|comment|'],
  },
  {
    what: 'fences, HTML, commands, mentions, references, entities',
    seen: 'made up: a job that cats the comment of a pull request',
    text: '```\n</pre></details><img src=x>\nbot: build\n   bot: cancel\n@boegelbot please test @ jsc-zen3\nsee EESSI/software-layer#547 and GH-12\n&#124;finished&#124; &lt;b&gt;\n`x`\n',
    lines: [
      '```',
      '</pre></details><img src=x>',
      'bot: build',
      '   bot: cancel',
      '@boegelbot please test @ jsc-zen3',
      'see EESSI/software-layer#547 and GH-12',
      '&#124;finished&#124; &lt;b&gt;',
      '`x`',
    ],
  },
  {
    what: 'secrets in addresses, headers and variables',
    seen: 'made up: env and git -v of a job; the tokens are none',
    text: [
      'Cloning https://x-access-token:ghs_16C7e42F292c6912E7710c838347Ae178B4a@github.com/o/r.git',
      'Authorization: Bearer abc.def-123',
      'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
      'export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'GITHUB_TOKEN=github_pat_11ABCDEFG0abcdefghijkl',
      '\x1b[31mtoken=\x1b[0mhunter2',
      '',
    ].join('\n'),
    lines: [
      'Cloning https://(secret)@github.com/o/r.git',
      'Authorization: Bearer (secret)',
      'AWS_ACCESS_KEY_ID=(secret)',
      'export AWS_SECRET_ACCESS_KEY=(secret)',
      'GITHUB_TOKEN=(secret)',
      'token=(secret)',
    ],
  },
  {
    what: 'a private key, of which the lines asked for have the middle alone',
    seen: 'made up: cat key.pem',
    text: `-----BEGIN RSA PRIVATE KEY-----\n${`${'aB3/'.repeat(16)}\n`.repeat(25)}aB3=\n-----END RSA PRIVATE KEY-----\nend\n`,
    count: 3,
    lines: ['(secret)', 'end'],
  },
  {
    what: 'binary',
    seen: 'made up: cat of a tarball',
    text: Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe, 0x41, 0x0a, 0x42, 0xc3, 0x28, 0x0a]),
    lines: ['\\u001f\\u0000\ufffd\ufffdA', 'B\ufffd('],
  },
  {
    what: 'text that changes the writing direction',
    seen: 'made up: CVE-2021-42574',
    text: 'a \u202e b\u200f\n',
    lines: ['a \\u202e b\\u200f'],
  },
  {
    what: 'a line that nobody reads to its end',
    seen: 'made up: a compiler line with all its -I',
    text: `gcc ${'-I/x '.repeat(200)}\n`,
    lines: [`gcc ${'-I/x '.repeat(99)}-…`],
  },
  { what: 'tabs', seen: 'made up: make', text: '\tcc -c a.c\n', lines: ['    cc -c a.c'] },
  { what: 'blank lines at the end', seen: 'made up', text: 'a\n\nb\n\n\n', lines: ['a', '', 'b'] },
  { what: 'no line end at the end', seen: 'made up: a killed job', text: 'a\nb', lines: ['a', 'b'] },
  { what: 'nothing', seen: 'made up: a job that was killed at once', text: '', lines: [] },
  { what: 'nothing but line ends', seen: 'made up', text: '\n\n', lines: [] },
];
