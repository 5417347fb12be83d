import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../scripts/git-askpass');

it.each`
  question                                                 | server                   | answer
  ${"Username for 'https://github.com': "}                 | ${'https://github.com'}  | ${'x-access-token'}
  ${"Password for 'https://x-access-token@github.com': "}  | ${'https://github.com'}  | ${'token'}
  ${"Username for 'https://github.com/O/R': "}             | ${'https://github.com'}  | ${'x-access-token'}
  ${"Password for 'http://x-access-token@localhost:80': "} | ${'http://localhost:80'} | ${'token'}
  ${"Username for 'https://evil.example': "}               | ${'https://github.com'}  | ${''}
  ${"Password for 'https://github.com@evil.example': "}    | ${'https://github.com'}  | ${''}
  ${"Password for 'https://x@github.com.evil.example': "}  | ${'https://github.com'}  | ${''}
  ${"Password for 'http://x-access-token@github.com': "}   | ${'https://github.com'}  | ${''}
  ${"Password for 'https://evil.example/@github.com': "}   | ${'https://github.com'}  | ${''}
`('$question with a token for $server: "$answer"', async ({ question, server, answer }) => {
  const env = { PATH: process.env['PATH'] ?? '', BTD_GIT_TOKEN: 'token', BTD_GIT_SERVER: server };
  const { stdout } = await execa(program, [question], { env, extendEnv: false, reject: false });
  expect(stdout).toBe(answer);
});
