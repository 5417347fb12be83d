/** A protection of docs/security.md, taken away: a test that the document names has to fail then. */
export interface PlantedDefect {
  /** How the threat begins in the document's table. */
  readonly threat: string;
  /** Relative to the top of the project. */
  readonly file: string;
  /** The right text, which occurs once in the file. */
  readonly right: string;
  readonly wrong: string;
  /** Files of tests, of which one has to fail. */
  readonly tests: readonly string[];
}

const receive = 'src/event-handler/receive';
const commands = 'src/event-handler/commands';

export const plantedDefects: readonly PlantedDefect[] = [
  // At the door
  {
    threat: 'forged delivery',
    file: `${receive}/verify-signature.ts`,
    right: 'return given.length === expected.length && timingSafeEqual(given, expected);',
    wrong: 'return given.length === expected.length && (timingSafeEqual(given, expected) || true);',
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'the secret is being changed',
    file: `${receive}/verify-signature.ts`,
    right: "[secrets.current, secrets.previous ?? '']",
    wrong: '[secrets.current]',
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'the same delivery again',
    file: `${receive}/inbox.ts`,
    right: 'if (before !== undefined) {\n      await before.writing;',
    wrong: 'if (before !== undefined && !before) {\n      await before.writing;',
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'the same event under another GUID',
    file: `${receive}/accept-delivery.ts`,
    right: 'const oldestMilliseconds = 6 * 24',
    wrong: 'const oldestMilliseconds = 60 * 24',
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'an old label under another GUID',
    file: 'src/event-handler/known-pull-requests.ts',
    right: 'now.deployment.at >= event.updatedAt',
    wrong: 'now.deployment.at > `${event.updatedAt}x`',
    tests: ['src/event-handler/known-pull-requests.test.ts'],
  },
  {
    threat: 'deliveries of others who have installed the App',
    file: `${receive}/accept-delivery.ts`,
    right: 'if (theirs !== undefined && theirs !== installationId()) {',
    wrong: 'if (theirs !== undefined && theirs < 0) {',
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'delivery id or event name as a path',
    file: `${receive}/accept-delivery.ts`,
    right: '!/^[0-9A-Za-z-]{1,64}$/.test(guid)',
    wrong: "guid === ''",
    tests: [`${receive}/webhook-server.test.ts`],
  },
  {
    threat: 'odd names in a payload',
    file: 'src/event-handler/route.ts',
    right: 'const pathName = z.string().regex(nameInOwner);',
    wrong: 'const pathName = z.string();',
    tests: ['src/event-handler/route.test.ts'],
  },
  {
    threat: 'large bodies, many at once, in chunks of a byte; long headers',
    file: `${receive}/webhook-server.ts`,
    right: 'maxHeaderSize: 16 * 1024, ',
    wrong: 'maxHeaderSize: 1600 * 1024, ',
    tests: [`${receive}/webhook-server-limits.test.ts`],
  },
  {
    threat: 'lines in the log that never were',
    file: 'src/daemon/text-log-line.ts',
    right: "${escapeControls(words.join(' '))}",
    wrong: "${escapeControls('')}${words.join(' ')}",
    tests: ['src/daemon/text-log-line.test.ts'],
  },
  {
    threat: 'a log that nobody rotates',
    file: 'src/daemon/logger.ts',
    right: '      file.reopen();',
    wrong: '      file.flush();',
    tests: ['src/daemon/logger.test.ts'],
  },
  // Who commands what
  {
    threat: 'an outsider commands',
    file: 'src/permissions.ts',
    right: 'return isListed(account, settings.control.commandPermission);',
    wrong:
      'return settings.control.commandPermission.length === 0 || isListed(account, settings.control.commandPermission);',
    tests: ['src/permissions.test.ts'],
  },
  {
    threat: 'a login in other letters',
    file: 'src/permissions.ts',
    right: 'listed.toLowerCase() === login.toLowerCase()',
    wrong: 'listed === login',
    tests: ['src/permissions.test.ts'],
  },
  {
    threat: 'somebody takes over a login',
    file: 'src/permissions.ts',
    right: '(listedId === undefined || Number(listedId) === id)',
    wrong: '(listedId === undefined || Number(listedId) > 0)',
    tests: ['src/permissions.test.ts'],
  },
  {
    threat: 'an outsider’s label; a label that looks alike',
    file: 'src/event-handler/route.ts',
    right: "label === 'bot:deploy'",
    wrong: "label?.startsWith('bot:deploy')",
    tests: ['src/event-handler/route.test.ts'],
  },
  {
    threat: 'commands in reviews, commits, issues, edits',
    file: `${commands}/plan-comment.ts`,
    right: "if (action !== 'created')",
    wrong: "if (action === 'deleted')",
    tests: ['test/system/cases-commands.test.ts'],
  },
  {
    threat: 'commands in quotes, code and HTML comments',
    file: `${commands}/spoken-lines.ts`,
    right: 'if (opening !== undefined) return {',
    wrong: "if (opening === '') return {",
    tests: [`${commands}/find-commands.test.ts`],
  },
  {
    threat: 'two bots command each other',
    file: `${commands}/plan-comment.ts`,
    right: "if (senderLogin.toLowerCase() === ownLogin.toLowerCase()) return 'The comment is our own.';",
    wrong: '',
    tests: [`${commands}/plan-comment.test.ts`],
  },
  {
    threat: 'our comments as commands for others',
    file: 'src/messages/comment.ts',
    right: "return neverACommand(visible(text.replaceAll(/\\r\\n?/g, '\\n'), { keepLineEnds: true }));",
    wrong: "return visible(text.replaceAll(/\\r\\n?/g, '\\n'), { keepLineEnds: true });",
    tests: ['src/messages/comment.test.ts'],
  },
  {
    threat: 'a push between command and build',
    file: 'src/event-handler/known-pull-requests.ts',
    right: 'known.formerHeads?.find(({ until }) => until > at)?.headSha ?? known.headSha',
    wrong: 'known.headSha',
    tests: ['src/event-handler/known-pull-requests.test.ts'],
  },
  {
    threat: 'a pattern that never ends',
    file: `${commands}/filter.ts`,
    right: 'if (steps > maxPatternSteps) {',
    wrong: 'if (steps > 1e9) {',
    tests: [`${commands}/filter.test.ts`],
  },
  {
    threat: '`for:arch=../..`, shell words',
    file: `${commands}/parse-for.ts`,
    right: "['', '.', '..'].includes(part)",
    wrong: "[''].includes(part)",
    tests: [`${commands}/parse-command.test.ts`, 'test/system/cases-commands.test.ts'],
  },
  {
    threat: 'somebody with permission, or whoever has their account, floods',
    file: `${commands}/within-limits.ts`,
    right: 'if (jobs === 0 || wanted === 0 || waiting + wanted <= jobs) return undefined;',
    wrong: 'if (jobs === 0 || wanted === 0 || wanted <= jobs) return undefined;',
    tests: [`${commands}/within-limits.test.ts`],
  },
  {
    threat: 'exports as shell text',
    file: `${commands}/choose-targets.ts`,
    right: '.filter((each) => !settings.build.allowedExports.includes(each))',
    wrong:
      ".filter((each) => !settings.build.allowedExports.some((allowed) => each.startsWith(allowed.split('=')[0] ?? '')))",
    tests: ['test/system/security-pull-requests.test.ts', `${commands}/choose-targets.test.ts`],
  },
  // What a pull request brings
  {
    threat: 'a branch called `-h`',
    file: 'src/outside/git/git-commands.ts',
    right: "await fetch(path, from, ['+refs/heads/*:refs/heads/*', ",
    wrong: "await fetch(path, from, [mirror.baseBranch, '+refs/heads/*:refs/heads/*', ",
    tests: ['src/outside/git/hostile-repository.real.test.ts'],
  },
  {
    threat: '`ext::` and other transports',
    file: 'src/outside/git/git-commands.ts',
    right: "  'protocol.ext.allow=never',\n",
    wrong: "  'protocol.ext.allow=always',\n",
    tests: ['src/outside/git/hostile-repository.real.test.ts'],
  },
  {
    threat: 'hooks, filters, diff drivers, LFS',
    file: 'src/outside/processes/child-environment.ts',
    right: "GIT_CONFIG_NOSYSTEM: '1'",
    wrong: "GIT_CONFIG_NOSYSTEM: '0'",
    tests: ['src/outside/processes/child-environment.test.ts', 'src/outside/git/account-configuration.real.test.ts'],
  },
  {
    threat: 'addresses in a payload',
    file: 'src/event-handler/route.ts',
    right: '  repository: z.object({ name: pathName, owner: z.object({ login: pathName }) }),',
    wrong:
      "  repository: z.looseObject({ name: pathName, owner: z.object({ login: pathName }) }).transform((all) => ({ ...all, owner: { login: String(all['clone_url']) } })),",
    tests: ['src/event-handler/route.test.ts'],
  },
  {
    threat: 'links where the bot writes',
    file: 'src/event-handler/build/prepare-directory.ts',
    right: "  await rm(path, { recursive: true, force: true });\n  await writeFile(path, text, { flag: 'wx' });",
    wrong: '  await writeFile(path, text);',
    tests: ['test/system/security-pull-requests.test.ts'],
  },
  {
    threat: 'files that tell of a job which is not there yet',
    file: 'src/event-handler/build/prepare-directory.ts',
    right: '  await removeNamesOfOurs(unfinished);\n',
    wrong: '',
    tests: ['test/system/security-pull-requests.test.ts'],
  },
  {
    threat: 'options of sbatch from `det_submit_opts.py`',
    file: 'src/event-handler/build/determine-submit-options.ts',
    right: '    if (size === undefined) return words[at];\n    at += size;',
    wrong: '    at += size ?? 1;',
    tests: ['src/event-handler/build/determine-submit-options.test.ts'],
  },
  {
    threat: 'shell text anywhere',
    file: 'src/outside/processes/run-program.ts',
    right: '    extendEnv: false,',
    wrong: '    extendEnv: false,\n    shell: true,',
    tests: ['src/outside/processes/run-program.real.test.ts'],
  },
  // What a job leaves
  {
    threat: 'result files that are links, pipes, devices, huge',
    file: 'src/outside/files/open-untrusted.ts',
    right: 'constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK',
    wrong: 'constants.O_RDONLY | constants.O_NONBLOCK',
    tests: ['src/outside/files/read-untrusted.test.ts'],
  },
  {
    threat: 'the list of uploads (`uploaded.txt`) removed',
    file: 'src/outside/files/durable-files.ts',
    right: 'O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK',
    wrong: 'O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK',
    tests: ['src/outside/files/append-line-untrusted.test.ts'],
  },
  {
    threat: 'artefacts elsewhere',
    file: 'src/upload-to-staging/open-file.ts',
    right: "  if (opened.kind === 'unusable') throw new Error(`'${path}' ${opened.why}.`);",
    wrong: "  if (opened.kind === 'unusable') return { path, sizeBytes: 1 } as OpenFile;",
    tests: ['src/upload-to-staging/open-file.test.ts'],
  },
  {
    threat: 'an artefact’s name that would lead elsewhere in the bucket',
    file: 'src/upload-to-staging/artefact-name.ts',
    right: "return name === '' || name === '.' || name === '..';",
    wrong: "return name === '';",
    tests: ['src/upload-to-staging/artefact-name.test.ts'],
  },
  {
    threat: '100 GB of holes',
    file: 'src/job-manager/deploy/inspect-artefact.ts',
    right: 'return size > gibibyte && blocks * 512 < size / 100;',
    wrong: 'return size < 0 && blocks < 0;',
    tests: ['src/job-manager/deploy/inspect-artefact.test.ts'],
  },
  {
    threat: 'swapped between check and upload',
    file: 'src/upload-to-staging/open-file.ts',
    right: 'if (versionOf(await file.handle.stat({ bigint: true })) === file.version) return;',
    wrong: 'if (file.version) return;',
    tests: ['src/upload-to-staging/upload-artefact.real.test.ts'],
  },
  {
    threat: 'an artefact that grows, shrinks or is written to',
    file: 'src/job-manager/deploy/inspect-artefact.ts',
    right: 'if (versionOf(await file.stat({ bigint: true })) !== version) {',
    wrong: "if (version === '') {",
    tests: ['src/job-manager/deploy/inspect-artefact.test.ts'],
  },
  {
    threat: 'an artefact that is another one, or changes, between inspection and upload',
    file: 'src/job-manager/deploy/inspect-artefact.ts',
    right: 'return versionOf(await lstat(path, { bigint: true })) === version;',
    wrong: "return versionOf(await lstat(path, { bigint: true })) !== '' && version !== '';",
    tests: ['src/job-manager/deploy/deploy-order.test.ts'],
  },
  {
    threat: 'another file, or other bytes, while the artefact is signed',
    file: 'src/upload-to-staging/sign.ts',
    right: '  await symlink(`/proc/${process.pid}/fd/${file.handle.fd}`, path);',
    wrong: '  await symlink(file.path, path);',
    tests: ['src/upload-to-staging/upload-artefact.real.test.ts'],
  },
  {
    threat: 'no archive at all',
    file: 'src/upload-to-staging/check-archive.ts',
    right: "if (entries === 0) throw new Error('there is nothing in it');",
    wrong: '',
    tests: ['src/upload-to-staging/check-archive.real.test.ts'],
  },
  {
    threat: 'a file or directory that becomes a link while it is copied',
    file: 'src/job-manager/cleanup/hold.ts',
    right: 'path: `/proc/self/fd/${file.fd}`,',
    wrong: 'path: found,',
    tests: ['src/job-manager/cleanup/copy-tree.test.ts'],
  },
  {
    threat: 'another container image in `cfg/job.cfg`',
    file: 'src/job-manager/deploy/job-config.ts',
    right: "container: Object.hasOwn(sections, repositoryId) ? (sections[repositoryId]?.container ?? '') : '',",
    wrong:
      "container: readTolerantly(file.kind === 'text' ? file.text : '').valueOf('repository', 'container') ?? String(sections),",
    tests: ['src/job-manager/deploy/job-config.test.ts'],
  },
  {
    threat: 'text in a comment: links, images, HTML',
    file: 'src/messages/escape-markdown.ts',
    right: '/@(?=\\S)|#(?=\\d)|',
    wrong: '/#(?=\\d)|',
    tests: ['src/messages/escape-markdown.test.ts', 'test/fuzz/comments.test.ts'],
  },
  {
    threat: 'a job, ours or a stranger’s, whose directory, name or comment holds line ends',
    file: 'src/outside/slurm/records.ts',
    right: "`@${randomBytes(12).toString('hex')}@`",
    wrong: '`@${randomBytes(12).length}@`',
    tests: [
      'src/outside/slurm/slurm-commands.test.ts',
      'src/outside/slurm/parse-queue.test.ts',
      'test/fuzz/slurm-output.test.ts',
    ],
  },
  // Secrets
  {
    threat: 'a command in `app.cfg` that is changed while the daemons run',
    file: 'src/settings/programs-of.ts',
    right: '    settings = keep(settings, started);\n',
    wrong: '',
    tests: ['src/settings/watch-settings.test.ts'],
  },
  {
    threat: 'webhook secrets, GITHUB_TOKEN, KEY_PASSPHRASE',
    file: 'src/outside/processes/child-environment.ts',
    right:
      'keeps: (name) => !isSecret(name) && isNoSlurmDefault(name) && !gitElsewhere.test(name) && !agents.test(name),',
    wrong: 'keeps: (name) => isNoSlurmDefault(name) && !gitElsewhere.test(name) && !agents.test(name),',
    tests: ['src/outside/processes/child-environment.test.ts'],
  },
  {
    threat: 'a core dump',
    file: 'scripts/run-program.sh',
    right: 'ulimit -c 0\n',
    wrong: '',
    tests: ['test/system/security-core-dumps.test.ts'],
  },
  {
    threat: 'secrets in settings that reach a job',
    file: 'src/settings/posix-words.ts',
    right: "return isSecret(name) || !Object.hasOwn(environment, name) ? '' : (environment[name] ?? '');",
    wrong: "return !Object.hasOwn(environment, name) ? '' : (environment[name] ?? '');",
    tests: ['src/settings/posix-words.test.ts'],
  },
  {
    threat: 'the signing script sees the store’s key',
    file: 'src/outside/processes/child-environment.ts',
    right: "signing: { keeps: (name) => !forge.test(name) && !name.startsWith('AWS_') },",
    wrong: 'signing: { keeps: (name) => !forge.test(name) },',
    tests: ['src/upload-to-staging/upload-artefact.real.test.ts'],
  },
  {
    threat: 'the token is given to another server',
    file: 'scripts/git-askpass',
    right: '  "Password for \'$scheme//"*"@$host"[\\\'/]*) printf',
    wrong: '  "Password for "*) printf',
    tests: ['src/outside/git/git-commands.real.test.ts'],
  },
  {
    threat: 'options of sbatch from a command',
    file: 'src/event-handler/build/build-job.ts',
    right: 'slurmArguments(settings.build, own, determined.words, script)',
    wrong: 'slurmArguments(settings.build, own, [...determined.words, `--comment=${job.target.forArch}`], script)',
    tests: ['test/system/security-pull-requests.test.ts'],
  },
  {
    threat: '`#SBATCH` lines of the pull request',
    file: 'src/event-handler/build/prepare-directory.ts',
    right: '    await rm(place, { recursive: true, force: true });\n',
    wrong: '',
    tests: ['test/system/security-pull-requests.test.ts'],
  },
  {
    threat: 'text of a job, a comment, a header that takes minutes to read',
    file: `${commands}/spoken-lines.ts`,
    right: '/^(`{3,}(?!`)(?!.*`)|~{3,})/',
    wrong: '/^(`{3,}(?!.*`)|~{3,})/',
    tests: [`${commands}/find-commands.test.ts`],
  },
  {
    threat: 'the upload script sees GitHub’s secrets',
    file: 'src/outside/processes/child-environment.ts',
    right: '  upload: { keeps: (name) => !forge.test(name) },',
    wrong: '  upload: { keeps: (name) => forge.test(name) || true },',
    tests: ['src/outside/processes/child-environment.test.ts'],
  },
  {
    threat: 'other users of the login node read the state',
    file: 'src/outside/files/durable-files.ts',
    right: 'export async function writeDurably(path: string, content: string | Buffer, mode = 0o600)',
    wrong: 'export async function writeDurably(path: string, content: string | Buffer, mode = 0o644)',
    tests: ['test/system/security-secrets.test.ts'],
  },
];
