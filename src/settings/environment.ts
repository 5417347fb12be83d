/** The daemon's environment, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;
