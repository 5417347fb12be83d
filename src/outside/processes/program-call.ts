/** A program to run, from a setting such as `submit_command`. Never passes through a shell. */
export interface ProgramCall {
  /** Leading `NAME=value` words of the setting; added to the child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly program: string;
  readonly arguments: readonly string[];
}
