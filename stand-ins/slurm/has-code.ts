/** Whether an error is the system's `code`, such as ENOENT. The stand-ins share no code with what they are a stand-in for. */
export const hasCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code;
