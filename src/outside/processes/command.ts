/** A program to run: what the words of a setting such as `submit_command` mean. Never passes through a shell. */
export interface Command {
  /** Leading `NAME=value` words of the setting; added to the child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly program: string;
  readonly arguments: readonly string[];
}
