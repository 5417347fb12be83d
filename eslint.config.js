// Biome lints and formats; eslint only adds the rules that need types: a promise that nobody awaits is a lost error.
import tseslint from 'typescript-eslint';

const terminal = {
  selector:
    "MemberExpression[object.name='console'], MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
  message: 'Print by say() or complain() of src/daemon/terminal.ts, which let no text move the terminal.',
};
const cast = {
  selector: ":matches(TSAsExpression, TSTypeAssertion) > TSTypeReference > Identifier[name='Markdown']",
  message:
    'Write md`…` of src/messages/markdown.ts; text from outside becomes Markdown by src/messages/escape-markdown.ts.',
};

export default tseslint.config(
  {
    files: ['{src,stand-ins,demo,docs,bench,test}/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Text of strangers reaches a terminal, and a comment, through one door each, and only there.
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', terminal, cast] },
  },
  { files: ['src/daemon/terminal.ts'], rules: { 'no-restricted-syntax': ['error', cast] } },
  // Its records, which are read below src/messages, hold the text of the bot's own comments.
  {
    files: ['src/messages/*.ts', 'src/jobs/{job-record,short-result}.ts'],
    rules: { 'no-restricted-syntax': ['error', terminal] },
  },
);
