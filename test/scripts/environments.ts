/** What shells of real accounts export, and bash reads: a script must do the same in each. */
export const environments: readonly {
  readonly what: string;
  readonly environment: Readonly<Record<string, string>>;
}[] = [
  { what: 'CDPATH', environment: { CDPATH: '/tmp:/usr' } },
  { what: 'GREP_OPTIONS', environment: { GREP_OPTIONS: '--color=always -n', GREP_COLOR: '1;31' } },
  { what: 'another language', environment: { LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' } },
  { what: 'UTF-8', environment: { LC_ALL: 'C.UTF-8' } },
  { what: 'noclobber', environment: { SHELLOPTS: 'braceexpand:hashall:interactive-comments:noclobber' } },
  { what: 'errexit, nounset and pipefail', environment: { SHELLOPTS: 'errexit:nounset:pipefail' } },
  { what: 'noglob', environment: { SHELLOPTS: 'noglob' } },
  { what: 'failglob and dotglob', environment: { BASHOPTS: 'failglob:dotglob' } },
  { what: 'POSIXLY_CORRECT', environment: { POSIXLY_CORRECT: '1' } },
  { what: 'GLOBIGNORE', environment: { GLOBIGNORE: '*' } },
  {
    what: 'functions in the place of commands',
    environment: Object.fromEntries(
      ['cd', 'rm', 'mv', 'cat', 'mkdir', 'find', 'ls'].map((name) => [
        `BASH_FUNC_${name}%%`,
        '() {  echo function; false; }',
      ]),
    ),
  },
];
