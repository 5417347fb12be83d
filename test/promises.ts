/** The system tests that show each promise once: `npm test` runs them; `npm run test:all` runs the others as well. */
export const promises: readonly { readonly promise: string; readonly file: string }[] = [
  { promise: 'a command becomes a job, its rows, and an upload', file: 'test/system/whole-life.test.ts' },
  { promise: 'a full login shell changes nothing', file: 'test/system/unpleasant-environment.test.ts' },
  { promise: 'no command is lost', file: 'test/system/missed-deliveries.test.ts' },
  {
    promise: 'one job, one comment, one row, one upload, whatever is killed',
    file: 'test/system/first-histories.test.ts',
  },
  { promise: 'absence is not evidence', file: 'test/system/slurm-controller.test.ts' },
  { promise: 'a second daemon takes over', file: 'test/system/standby.test.ts' },
  {
    promise: 'what cannot be done is set aside, told, and can be done after all',
    file: 'test/system/set-aside.test.ts',
  },
  { promise: 'half a file is no file', file: 'test/system/disk-damaged-files.test.ts' },
  { promise: 'no secret gets to where a stranger could read it', file: 'test/system/security-secrets.test.ts' },
  {
    promise: 'a pull request cannot reach out of its directory',
    file: 'src/outside/git/hostile-repository.real.test.ts',
  },
  { promise: 'what is built is the base with all that was changed', file: 'src/outside/git/git-commands.real.test.ts' },
  { promise: 'nobody has more than the limits', file: 'test/system/limits.test.ts' },
  { promise: 'jobs of the Python bot go on', file: 'test/system/moving-over.test.ts' },
  { promise: 'the job script ends well, whatever it sources', file: 'test/scripts/bot-build.test.ts' },
  { promise: 'signatures are verified', file: 'test/scripts/sign-verify-file-ssh.test.ts' },
  { promise: 'what is no archive is not uploaded', file: 'src/upload-to-staging/check-archive.real.test.ts' },
];
