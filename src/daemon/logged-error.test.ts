import { expect, it } from 'vitest';
import { loggedError } from './logged-error.ts';

const inner = new Error('getaddrinfo ENOTFOUND api.github.com');
const wrapped = new Error(inner.message, { cause: inner });
const other = new Error('the socket was closed');

it.each`
  what                         | error                                                                            | message                                                          | stacks
  ${'an error alone'}          | ${inner}                                                                         | ${'getaddrinfo ENOTFOUND api.github.com'}                        | ${1}
  ${'one that says its cause'} | ${new Error(`not reached: ${inner.message}`, { cause: wrapped })}                | ${'not reached: getaddrinfo ENOTFOUND api.github.com'}           | ${1}
  ${'one that does not'}       | ${new Error('not reached', { cause: wrapped })}                                  | ${'not reached: getaddrinfo ENOTFOUND api.github.com'}           | ${2}
  ${'one that says a part'}    | ${new Error(inner.message, { cause: new Error('ENOTFOUND', { cause: other }) })} | ${'getaddrinfo ENOTFOUND api.github.com: the socket was closed'} | ${2}
`('of $what each cause is told once', ({ error, message, stacks }) => {
  const logged = loggedError(error) as { message: string; stack: string };
  expect(logged.message).toBe(message);
  expect(logged.stack.match(/^\w*(caused by: )?Error: /gm)).toHaveLength(stacks);
});

it('keeps the code, and what is no error as it is', () => {
  expect(loggedError(Object.assign(new Error('no'), { code: 'ENOENT' }))).toMatchObject({
    type: 'Error',
    code: 'ENOENT',
  });
  expect(loggedError('no' as never)).toBe('no');
});
